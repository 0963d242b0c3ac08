#include "box/network/request.hpp"

namespace box::inline v0_1 {

std::string NetworkRequest::url() const {
  std::string url = session.baseUrls().baseUrl + operation->path;
  if (!query.empty()) url.append("?").append(query);
  return url;
}

}  // namespace box::inline v0_1
