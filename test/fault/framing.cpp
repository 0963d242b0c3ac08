// E: forms of an answer. Box's 202 settles a call as soon as its header is complete, even if the body is damaged.
#include "fault/replies.hpp"

namespace box::test {

using emulator::CloseManner;
using emulator::Endless;
using emulator::Reply;
using namespace std::chrono_literals;

namespace {

const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
constexpr const char* holds = "the 202 stands: TLS vouches for its header, and a repeat would end sessions twice";

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

void addCuts(FaultGroup& group) {
  const struct {
    const char *letter, *words;
    CloseManner manner;
  } manners[] = {{"a", "FIN", CloseManner::fin},
                 {"b", "close_notify and FIN", CloseManner::closeNotify},
                 {"c", "RST", CloseManner::reset}};
  for (const auto& [letter, words, manner] : manners) {
    group.add(std::string("01") + letter, "the body is cut")
        .by(std::string("5 bytes of the body, then ") + words, always(Reply::asBox().cutBody(5, manner)))
        .acceptedWithoutBody()
        .once()
        .thenDropped()
        .because(holds);
  }
  for (const auto& [letter, words, manner] : manners) {
    group.add(std::string("02") + letter, "the header is cut")
        .by(std::string("20 bytes of the answer, then ") + words, always(Reply::asBox().cutAfter(20, manner)))
        .fails(Errc::connectionLost, Fate::inDoubt)
        .counts(5, 5, 5)
        .thenDropped();
  }
}

void addLengths(FaultGroup& group) {
  group.add("03", "the end of the connection ends the body, in good order")
      .by("no length; close_notify behind the body", always(Reply::asBox().untilClose()))
      .accepted()
      .once()
      .thenDropped();
  group.add("04", "the end of the connection ends the body, and anyone may have ended it")
      .by("no length; FIN without close_notify", always(Reply::asBox().untilClose(CloseManner::fin)))
      .acceptedWithoutBody()
      .once()
      .thenDropped()
      .because("a body that may be cut is not given out");
  group.add("05", "no body at all")
      .by("202 with Content-Length: 0", always(Reply::status(202).noBody()))
      .accepted()
      .once()
      .thenReused();
}

void addStartLines(FaultGroup& group) {
  const auto refused = [&](const std::string& number, const std::string& what, const std::string& bytes) {
    group.add(number, what)
        .by("`" + bytes.substr(0, bytes.find_first_of("\r\n")) + "`", always(Reply::raw(bytes)))
        .fails(Errc::protocolError, Fate::inDoubt)
        .counts(2, 2, 2)
        .thenDropped();
  };
  const std::string empty = "Content-Length: 0\r\n\r\n";
  refused("06a", "a line that is no status line", "what do you want?\r\n\r\n");
  refused("06b", "HTTP/0.9: a body and nothing else", "<html><body>hello</body></html>\r\n");
  refused("06c", "HTTP/2 in the status line", "HTTP/2.0 202 Accepted\r\n" + empty);
  refused("06d", "HTTP/1.2", "HTTP/1.2 202 Accepted\r\n" + empty);
  refused("07a", "a status of four digits", "HTTP/1.1 9999 What\r\n" + empty);
  group.add("07b", "a status line that ends after the status")
      .by("`HTTP/1.1 202`", always(Reply::raw("HTTP/1.1 202\r\n" + empty)))
      .accepted()
      .once()
      .thenReused()
      .because("RFC 9112 4 wants a blank there; nearly all clients do without");
  group.add("07c", "lines end with LF alone")
      .by("`HTTP/1.1 202 Accepted\\n…`", always(Reply::raw("HTTP/1.1 202 Accepted\nContent-Length: 0\n\n")))
      .fails(Errc::protocolError, Fate::inDoubt)
      .counts(2, 2, 2)
      .thenDropped();
  refused("08a", "a status below 100", "HTTP/1.1 099 What\r\n" + empty);
  refused("08b", "a status above 599", "HTTP/1.1 999 What\r\n" + empty);
  refused("32", "a switch of protocols that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n");
}

/// The fields as one line.
std::string shown(std::string fields) {
  for (std::size_t at = 0; (at = fields.find("\r\n", at)) != std::string::npos;) fields.replace(at, 2, "; ");
  for (std::size_t at = 0; (at = fields.find('\0', at)) != std::string::npos;) fields.replace(at, 1, "\\0");
  return fields;
}

void addHeaders(FaultGroup& group) {
  group.add("09", "interim answers come first")
      .by("100, 103, then the answer", always(Reply::asBox().interim(100).interim(103)))
      .accepted()
      .once()
      .thenReused();
  group.add("10a", "a long header")
      .by("9 KB in one field", always(Reply::asBox().header("X-Long", std::string(9000, 'x'))))
      .accepted()
      .once()
      .thenReused()
      .because("the limit is ResponseLimits::headerBytes, 16 KiB");
  group.add("10b", "a header beyond the limit")
      .by("20 KB in one field", always(Reply::asBox().header("X-Long", std::string(20000, 'x'))))
      .fails(Errc::responseTooLarge, Fate::inDoubt)
      .counts(2, 2, 2)
      .thenDropped();
  group.add("10c", "a header without an end")
      .by("fields until the connection ends", always(Reply::endless(Endless::headers)))
      .fails(Errc::responseTooLarge, Fate::inDoubt)
      .counts(2, 2, 2)
      .thenDropped();
  group.add("11", "a thousand tiny fields")
      .by("`a: b` a thousand times", always(acceptance(times(1000, "a: b\r\n") + "Content-Length: 0\r\n\r\n")))
      .fails(Errc::responseTooLarge, Fate::inDoubt)
      .counts(2, 2, 2)
      .thenDropped()
      .because("the limit is ResponseLimits::headerFields, 100");
  group.add("12", "interim answers without an end")
      .by("102 until the connection ends", always(Reply::endless(Endless::interimResponses)))
      .fails(Errc::responseTooLarge, Fate::inDoubt)
      .counts(2, 2, 2)
      .thenDropped()
      .because("the limit is ResponseLimits::interimResponses, 8");

  const auto refused = [&](const std::string& number, const std::string& what, const std::string& fields,
                           const std::string& body = {}) {
    group.add(number, what)
        .by("`" + shown(fields) + "`", always(acceptance(fields + "\r\n\r\n" + body)))
        .fails(Errc::protocolError, Fate::inDoubt)
        .counts(2, 2, 2)
        .thenDropped();
  };
  const auto unclear = [&](const std::string& number, const std::string& what, const std::string& fields,
                           const std::string& body = {}) {
    group.add(number, what)
        .by("`" + shown(fields) + "`", always(acceptance(fields + "\r\n\r\n" + body)))
        .acceptedWithoutBody()
        .once()
        .thenDropped()
        .because("it is about the body; the header is whole, and the 202 stands");
  };
  unclear("13a", "a negative length", "Content-Length: -1");
  unclear("13b", "a length with a sign", "Content-Length: +2", "{}");
  unclear("13c", "a length beyond 64 bits", "Content-Length: 18446744073709551616", "{}");
  unclear("14a", "two different lengths", "Content-Length: 1\r\nContent-Length: 2", "ab");
  group.add("14b", "the same length twice")
      .by("`Content-Length: 2` twice", always(acceptance("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}")))
      .accepted()
      .once()
      .thenReused()
      .because("RFC 9110 8.6 allows it");
  group.add("14c", "the same length in a list")
      .by("`Content-Length: 2, 2`", always(acceptance("Content-Length: 2, 2\r\n\r\n{}")))
      .accepted()
      .once()
      .thenReused()
      .because("RFC 9110 8.6 allows it");
  unclear("15a", "a length, then chunks", "Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
  unclear("15b", "chunks, then a length", "Transfer-Encoding: chunked\r\nContent-Length: 1", "0\r\n\r\n");
  unclear("16a", "a transfer coding beside a length", "Transfer-Encoding: gzip\r\nContent-Length: 2", "{}");
  unclear("16b", "a transfer coding that only looks like chunked", "Transfer-Encoding: xchunked", "0\r\n\r\n");
  unclear("16c", "a transfer coding behind chunked", "Transfer-Encoding: chunked, identity", "0\r\n\r\n");
  refused("24a", "a NUL in a value", std::string("X-Odd: a\0b", 10));
  refused("24b", "a blank before the colon", "X-Odd : a");
  group.add("25", "a field that goes on in the next line")
      .by("`X-Odd: a`, CRLF, blank, `b`", always(acceptance("X-Odd: a\r\n b\r\nContent-Length: 0\r\n\r\n")))
      .accepted()
      .once()
      .thenReused();
  group.add("30a", "a coding of the body that is none")
      .by("`Content-Encoding: UTF-8`", always(Reply::asBox().header("Content-Encoding", "UTF-8")))
      .accepted()
      .once()
      .thenReused()
      .because("so are an empty one, `none` and `identity`");
  group.add("30b", "an encoded body that nobody asked for")
      .by("`Content-Encoding: gzip`", always(Reply::asBox().header("Content-Encoding", "gzip")))
      .acceptedWithoutBody()
      .once()
      .thenReused()
      .because(holds);
}

void addFramedBodies(FaultGroup& group) {
  const auto broken = [&](const std::string& number, const std::string& what, const std::string& words,
                          Reply reply) -> Fault& {
    return group.add(number, what)
        .by(words, always(std::move(reply)))
        .acceptedWithoutBody()
        .once()
        .thenDropped()
        .because(holds);
  };
  broken("17", "a length beyond the limit", "`Content-Length: 9000000`", acceptance("Content-Length: 9000000\r\n\r\n"));
  broken("18a", "a chunk beyond the limit", "size `ffffffffffffff`", acceptance(chunked + "ffffffffffffff\r\n"));
  broken("18b", "a chunk size beyond 64 bits", "size `fffffffffffffffff`",
         acceptance(chunked + "fffffffffffffffff\r\n"));
  broken("18c", "a negative chunk size", "size `-1`", acceptance(chunked + "-1\r\nxx\r\n0\r\n\r\n"));
  broken("18d", "a chunk size that is no number", "size `ZZ`", acceptance(chunked + "ZZ\r\nxx\r\n0\r\n\r\n"));
  group.add("18e", "the same where Box has not accepted")
      .by("503, then a chunk of size `ZZ`",
          always(Reply::raw("HTTP/1.1 503 Service Unavailable\r\n" + chunked + "ZZ\r\nxx\r\n0\r\n\r\n")))
      .fails(Errc::serverError, Fate::inDoubt)
      .status(503)
      .counts(5, 5, 5)
      .thenDropped()
      .because("the status counts, with a broken body as with a whole one");
  broken("19a", "a chunk extension of 64 KB", "one chunk",
         acceptance(chunked + "2;x=" + std::string(65536, 'x') + "\r\n{}\r\n0\r\n\r\n"));
  broken("19b", "a trailer of 64 KB", "one field",
         acceptance(chunked + "2\r\n{}\r\n0\r\nX-Long: " + std::string(65536, 'x') + "\r\n\r\n"));
  broken("20a", "chunk extensions without an end", "until the connection ends",
         Reply::endless(Endless::chunkExtension));
  broken("20b", "chunks without an end", "until the connection ends", Reply::endless(Endless::chunks));
  broken("20c", "trailers without an end", "until the connection ends", Reply::endless(Endless::trailers));
  const std::string extended = "1;x=" + std::string(1000, 'x') + "\r\na\r\n";
  broken("20d", "more on the wire than the body is worth", "3,000 chunks of one byte with extensions of 1,000",
         acceptance(chunked + times(3000, extended) + "0\r\n\r\n"))
      .because(std::string("the limit is ResponseLimits::wireBytes, 2 MiB; ") + holds);

  const struct {
    const char *letter, *words, *bytes;
  } malformed[] = {
      {"a", "no size", "\r\n{}\r\n0\r\n\r\n"},
      {"b", "`0x2`", "0x2\r\n{}\r\n0\r\n\r\n"},
      {"c", "`+2`", "+2\r\n{}\r\n0\r\n\r\n"},
      {"d", "a blank before the size", " 2\r\n{}\r\n0\r\n\r\n"},
      {"e", "`2.0`", "2.0\r\n{}\r\n0\r\n\r\n"},
      {"f", "`2g`", "2g\r\n{}\r\n0\r\n\r\n"},
      {"g", "LF alone behind the size", "2\n{}\r\n0\r\n\r\n"},
      {"h", "LF alone behind the data", "2\r\n{}\n0\r\n\r\n"},
      {"i", "CR alone behind the size", "2\r{}\r\n0\r\n\r\n"},
      {"j", "nothing behind the data", "2\r\n{}0\r\n\r\n"},
      {"k", "more data than the size says", "2\r\n{} }\r\n0\r\n\r\n"},
      {"l", "a NUL behind the size", nullptr},
      {"m", "a second size in the line", "2 2\r\n{}\r\n0\r\n\r\n"},
  };
  for (const auto& [letter, words, bytes] : malformed) {
    const std::string text = bytes != nullptr ? bytes : std::string("2\0\r\n{}\r\n0\r\n\r\n", 13);
    broken(std::string("21") + letter, "a malformed chunk", words, acceptance(chunked + text));
  }
  group.add("21n", "a chunk size with leading zeros")
      .by("`0002`", always(acceptance(chunked + "0002\r\n{}\r\n0\r\n\r\n")))
      .accepted()
      .once()
      .thenReused()
      .because("RFC 9112 7.1 allows it");
  group.add("22", "a Trailer field beside a length")
      .by("`Trailer: X-Sum` and `Content-Length: 2`",
          always(acceptance("Trailer: X-Sum\r\nContent-Length: 2\r\n\r\n{}")))
      .accepted()
      .once()
      .thenReused();
  group.add("23", "chunks in HTTP/1.0")
      .by("`HTTP/1.0 202 Accepted`, `Transfer-Encoding: chunked`",
          always(Reply::raw("HTTP/1.0 202 Accepted\r\n" + chunked + "2\r\n{}\r\n0\r\n\r\n")))
      .acceptedWithoutBody()
      .once()
      .thenDropped()
      .because(holds);
  group.add("26", "bytes behind an answer that has none")
      .by("204, then `hello`", always(Reply::raw("HTTP/1.1 204 No Content\r\n\r\nhello")))
      .fails(Errc::unexpectedResponse, Fate::inDoubt)
      .status(204)
      .once()
      .thenDropped();
  group.add("31", "1 MB in ten thousand pieces")
      .by("100 bytes a piece", always(Reply::status(202).body(std::string(1000000, ' ')).slowly(0ms, 100)))
      .accepted()
      .once()
      .thenReused();
}

void addSlowness(FaultGroup& group) {
  group.add("27a", "the header comes byte by byte, too slowly")
      .by("a byte every 20 ms, limit 300 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::responseHeader, 300ms);
            stage.box().setDefault(Reply::asBox().slowly(20ms));
          })
      .fails(Errc::readTimeout, Fate::inDoubt)
      .counts(5, 5, 5)
      .takes(1500ms)
      .thenDropped();
  group.add("27b", "the body comes byte by byte, without an end in sight")
      .by("a byte every 20 ms, 1 s for the attempt",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::attempt, 1000ms);
            stage.box().setDefault(Reply::raw("HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n")
                                       .thenSend(std::string(100, ' '), 20ms)
                                       .thenSend(" ", 500ms)
                                       .thenSend(" ", 500ms)
                                       .thenSend(" ", 500ms));
          })
      .acceptedWithoutBody()
      .once()
      .takes(900ms)
      .thenDropped()
      .because(holds);
  group.add("28a", "the header, then silence")
      .by("202 with half its body, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::bodyIdle, 200ms);
            stage.box().setDefault(Reply::asBox().stallBody(5));
          })
      .acceptedWithoutBody()
      .once()
      .takes(200ms)
      .thenDropped()
      .because(holds);
  group.add("28b", "half a header, then silence")
      .by("20 bytes, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::responseHeader, 200ms);
            stage.box().setDefault(Reply::asBox().stallAfter(20));
          })
      .fails(Errc::readTimeout, Fate::inDoubt)
      .counts(5, 5, 5)
      .takes(1s)
      .thenDropped();
  group.add("28c", "no answer at all")
      .by("silence, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::responseHeader, 200ms);
            stage.box().setDefault(Reply::hang());
          })
      .fails(Errc::readTimeout, Fate::inDoubt)
      .counts(5, 5, 5)
      .takes(1s)
      .thenDropped();
  group.add("28d", "no answer in the time of an attempt")
      .by("silence, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::attempt, 200ms);
            stage.box().setDefault(Reply::hang());
          })
      .fails(Errc::attemptTimeout, Fate::inDoubt)
      .counts(Count::between(2, 5), Count::atLeast(1), Count::atLeast(1))
      .takes(1s)
      .thenDropped();
  group.add("28e", "no answer in the time of the call")
      .by("silence, limit 300 ms", always(Reply::hang()))
      .deadline(300ms)
      .fails(Errc::callTimeout, Fate::inDoubt)
      .once()
      .takes(300ms)
      .thenDropped();
  group.add("28f", "the server accepts, and its answer is lost")
      .by("the job is started, then silence, limit 300 ms", always(Reply::hang().processed()))
      .deadline(300ms)
      .fails(Errc::callTimeout, Fate::inDoubt)
      .once()
      .also("the server did accept",
            [](Stage& stage) { return stage.box().accepted().size() == 1 ? std::string() : "it did not"; });
  group.add("29a", "an answer before the request is read")
      .by("413 to a request of 5 MB, and the connection ends with it unread",
          [](Stage& stage) {
            stage.nameMany(20000);
            stage.box().setDefault(Reply::status(413).beforeBody());
          })
      .fails(Errc::requestRefused, Fate::rejected)
      .status(413)
      .once()
      .thenDropped();
  group.add("29b", "an answer before the request is read, and the rest never is")
      .by("413 to a request of 20 MB, and the connection stays open",
          [](Stage& stage) {
            stage.nameMany(80000);
            stage.limit(&TimeoutOptions::write, 5s);
            stage.box().setDefault(Reply::status(413).withoutReadingBody());
          })
      .fails(Errc::requestRefused, Fate::rejected)
      .status(413)
      .once()
      .thenDropped()
      .because("the answer is read while the request is being sent");
}

}  // namespace

FaultGroup faultsOfFraming() {
  FaultGroup group("E", "The answer's framing");
  addCuts(group);
  addLengths(group);
  addStartLines(group);
  addHeaders(group);
  addFramedBodies(group);
  addSlowness(group);
  return group;
}

}  // namespace box::test
