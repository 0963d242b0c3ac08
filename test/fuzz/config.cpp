// The input is settings and arguments of a call. Form feeds separate its parts; the first character of a part says what
// the rest is: b(ase URL), t(oken), s(ession's header), h(eader of the call), i(d), l(ogin), and what an interceptor
// may change: m(ethod), c(ontent type). What the library accepts must be sent as one request with exactly these values;
// the message about what it refuses must not contain them.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "box/auth/developer_token.hpp"
#include "box/client.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "fuzz/fuzz.hpp"
#include "http/request_writer.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
namespace json = boost::json;
namespace http = boost::beast::http;
using Field = std::pair<std::string, std::string>;

struct Input {
  std::string baseUrl = "https://api.box.com", token = "token";
  std::vector<Field> sessionHeaders, headers;
  std::vector<std::string> ids, logins;
  std::optional<std::string> method, contentType;

  explicit Input(std::string_view text) {
    while (!text.empty()) {
      std::string_view part = takeLine(text, '\f');
      const char kind = part.empty() ? ' ' : part.front();
      part.remove_prefix(std::min<std::size_t>(part.size(), 1));
      const std::size_t colon = std::min(part.find(':'), part.size());
      const Field field(part.substr(0, colon), part.substr(std::min(colon + 1, part.size())));
      switch (kind) {
        case 'b': baseUrl = part; break;
        case 't': token = part; break;
        case 's': sessionHeaders.push_back(field); break;
        case 'h': headers.push_back(field); break;
        case 'i': ids.emplace_back(part); break;
        case 'l': logins.emplace_back(part); break;
        case 'm': method = part; break;
        case 'c': contentType = part; break;
        default: break;
      }
    }
  }
};

/// Keeps the request that it has to send.
class Keeper : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override {
    kept = std::move(request);
    FetchResponse response;
    response.statusCode = 202;
    co_return response;
  }

  std::optional<NetworkRequest> kept;
};

/// A request as a server reads it.
struct Request {
  std::string method, target, body;
  std::vector<Field> fields;

  bool operator==(const Request&) const = default;

  /// Beast puts fields with the same name together. The order of different names has no meaning.
  void sort() {
    std::stable_sort(fields.begin(), fields.end(),
                     [](const Field& a, const Field& b) { return lowerCase(a.first) < lowerCase(b.first); });
  }

  /// The value of the field with this name, which must appear exactly once.
  std::string_view only(std::string_view name) const {
    const auto named = [&](const Field& field) { return lowerCase(field.first) == name; };
    const auto found = std::find_if(fields.begin(), fields.end(), named);
    require(found != fields.end() && std::none_of(found + 1, fields.end(), named), "a field appears exactly once");
    return found->second;
  }
};

Request readByBeast(const std::string& bytes) {
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(UINT32_MAX);
  parser.body_limit(boost::none);
  error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(bytes), ec);
  require(!ec && parser.is_done() && used == bytes.size(), "the bytes are one request, with nothing after it");
  Request request;
  request.method = std::string(parser.get().method_string());
  request.target = std::string(parser.get().target());
  request.body = parser.get().body();
  for (const auto& field : parser.get()) request.fields.emplace_back(field.name_string(), field.value());
  request.sort();
  return request;
}

/// Reads the request with the strictest rules of RFC 9112.
Request readStrictly(std::string_view bytes) {
  const auto upTo = [&bytes](std::string_view mark) {
    const std::size_t end = bytes.find(mark);
    require(end != std::string_view::npos, "a request has all its parts");
    const std::string part(bytes.substr(0, end));
    bytes.remove_prefix(end + mark.size());
    require(isPrintableLine(part) || part.find('\t') != std::string::npos, "a request's header is text");
    require(part.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a line has no line break");
    return part;
  };
  Request request;
  request.method = upTo(" ");
  request.target = upTo(" ");
  require(upTo("\r\n") == "HTTP/1.1", "the version is HTTP/1.1");
  while (!bytes.starts_with("\r\n")) {
    std::string name = upTo(": ");
    request.fields.emplace_back(std::move(name), upTo("\r\n"));
  }
  request.body = bytes.substr(2);
  request.sort();
  return request;
}

/// The last header with this name in the list; null where the list has none.
const Field* lastOf(const std::vector<Field>& fields, const std::string& name) {
  const auto found = std::find_if(fields.rbegin(), fields.rend(),
                                  [&](const Field& f) { return lowerCase(f.first) == lowerCase(name); });
  return found == fields.rend() ? nullptr : &*found;
}

void check(const Input& input, const NetworkSession& session, const NetworkRequest& options, const std::string& bytes) {
  const Request request = readByBeast(bytes);
  require(readStrictly(bytes) == request, "two servers read the same request");

  require(request.method == input.method.value_or("POST"), "the method is the one that was given");
  const std::string& base = session.baseUrls().baseUrl;
  const std::size_t slash = std::min(base.find('/', std::string_view("https://").size()), base.size());
  require(base == "https://" + std::string(request.only("host")) + base.substr(slash), "the host is the base URL's");
  require(request.target == base.substr(slash) + "/2.0/users/terminate_sessions",
          "the path follows that of the base URL");
  require(session.withCustomBaseUrls(BaseUrls(base)).baseUrls().baseUrl == base,
          "an accepted base URL is used unchanged");

  std::string_view authorization = request.only("authorization");
  require(authorization.starts_with("Bearer ") && input.token.starts_with(authorization.substr(7)),
          "the request has the token");
  require(request.only("content-length") == std::to_string(request.body.size()), "the length is the body's");
  require(request.body == options.body, "the body is sent unchanged");
  std::size_t own = 7;  // Host, Authorization, User-Agent, X-Box-UA, Accept, Content-Type, Content-Length
  const std::string type = input.contentType.value_or("");
  if (type.empty() && options.body.empty()) {
    --own;
  } else {
    require(request.only("content-type") == (type.empty() ? "application/json" : type),
            "the request has the content type");
  }

  // A header of the call replaces one of the session; within a list the last one with a name counts.
  std::size_t added = 0;
  const auto requireField = [&](const Field& given) {
    const auto same = [&](const Field& f) { return f == given; };
    require(std::any_of(request.fields.begin(), request.fields.end(), same), "an accepted header is sent");
    const std::string name = lowerCase(given.first);
    if (name == "user-agent" || name == "accept") --own;  // it is sent instead of the library's own
    ++added;
  };
  for (const Field& header : input.headers) {
    if (lastOf(input.headers, header.first) == &header) requireField(header);
  }
  for (const Field& header : input.sessionHeaders) {
    if (lastOf(input.sessionHeaders, header.first) != &header) continue;
    if (lastOf(input.headers, header.first) == nullptr) requireField(header);
  }
  require(request.fields.size() == own + added, "the request has no further headers");

  json::array ids(input.ids.begin(), input.ids.end()), logins(input.logins.begin(), input.logins.end());
  require(json::parse(request.body) == json::object{{"user_ids", ids}, {"user_logins", logins}},
          "the body has the given lists");
}

/// A refusal names a header or a place in a list. Without these it must be one of a few texts.
std::string withoutNames(const Input& input, std::string text) {
  for (const auto* list : {&input.sessionHeaders, &input.headers}) {
    for (const Field& field : *list) {
      const std::string named = "header " + field.first + " ";
      if (const std::size_t at = text.find(named); at != std::string::npos) text.replace(at, named.size(), "header ");
    }
  }
  if (const std::size_t at = text.find('['); at != std::string::npos) text.erase(at, text.find(']') - at);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static boost::asio::io_context io;
  static Refusals refusals(90);
  const Input input(textOf(data, size));
  Errc refusal = Errc::invalidConfiguration;  // the code with which the current step may refuse
  try {
    const auto keeper = std::make_shared<Keeper>();
    const NetworkSession session = NetworkSession()
                                       .withCustomBaseUrls(BaseUrls(input.baseUrl))
                                       .withExtraHeaders(input.sessionHeaders)
                                       .withNetworkClient(keeper);
    const auto auth = std::make_shared<BoxDeveloperTokenAuth>(Secret(input.token));
    refusal = Errc::invalidRequest;
    const BoxClient client(io.get_executor(), auth, session);
    std::exception_ptr failure;
    co_spawn(io,
             client.sessionTermination.terminateUsersSessions({input.ids, input.logins}, {.headers = {input.headers}}),
             [&](std::exception_ptr thrown, const SessionTerminationMessage&) { failure = std::move(thrown); });
    io.restart();
    io.run();
    if (failure) std::rethrow_exception(failure);

    NetworkRequest options = std::move(*keeper->kept);
    if (input.contentType) options.contentType = *input.contentType;
    const std::string text = options.url();
    const Url url = parseUrl(text, "the URL");
    const auto token = auth->currentToken(AccessToken::TimePoint());
    RequestParts parts;
    parts.method = input.method ? *input.method : options.operation->method;
    parts.authority = url.authority;
    parts.path = url.path;
    parts.bearerToken = token->value().reveal();
    parts.contentType = options.contentType;
    parts.sessionHeaders = &options.session.extraHeaders();
    parts.headers = &options.headers;
    parts.body = options.body;
    std::string bytes = "of the request before";
    if (const std::string_view objection = methodObjection(parts.method); !objection.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::string(objection));
    }
    checkDetails(parts.query, parts.contentType, options.headers);
    writeRequest(bytes, parts);
    check(input, session, options, bytes);
  } catch (const BoxSdkError& error) {
    require(error.code() == refusal, "a refusal has the code of its step");
    require(error.fate() == Fate::notSent, "what was refused was not sent");
    refusals.add(withoutNames(input, error.what()));
  }
  return 0;
}
