// TLS on one free port of loopback, plain HTTP to another: node relay.cjs FOLDER. FOLDER has key.pem and ca.pem. Prints both ports.
const fs = require("fs");
const http = require("http");
const https = require("https");
const net = require("net");

const folder = process.argv[2];
const taken = net.createServer().listen(0, "127.0.0.1", () => {
  const port = taken.address().port;
  taken.close(() => {
    const options = { key: fs.readFileSync(`${folder}/key.pem`), cert: fs.readFileSync(`${folder}/ca.pem`) };
    const relay = https.createServer(options, (request, response) => {
      // The document's paths are relative to the server's path, which is /2.0.
      const path = request.url.replace(/^\/2\.0/, "");
      const onward = http.request(
        { host: "127.0.0.1", port, path, method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode, answer.headers);
          answer.pipe(response);
        });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    relay.listen(0, "127.0.0.1", () => console.log(`${relay.address().port}\n${port}`));
  });
});
