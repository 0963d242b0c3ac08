#include "box/network/headers.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "network/validation.hpp"

namespace box {

HttpHeaders::HttpHeaders(HeaderListView view) {
  view.forEach([this](HeaderView h) { append(h.name, h.value); });
}

void HttpHeaders::append(std::string_view name, std::string_view value) {
  const std::size_t offset = text_.size();
  const std::size_t size = offset + name.size() + value.size();
  if (size > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("box::HttpHeaders: more than 4 GiB");
  }
  // The entry first: should the text fail to grow, an entry too many is taken back, not a text without an entry left.
  entries_.push_back({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
  try {
    if (size > text_.capacity()) {
      std::string larger;  // name and value may look into the old text
      larger.reserve(std::max(size, 2 * text_.capacity()));
      larger.append(text_).append(name).append(value);
      text_ = std::move(larger);
    } else {
      text_.append(name).append(value);
    }
  } catch (...) {
    entries_.pop_back();
    text_.resize(offset);
    throw;
  }
}

void HttpHeaders::set(std::string_view name, std::string_view value) {
  // Both may look into text_, which erase() leaves as it is and append() keeps until it has copied them.
  erase(name);
  append(name, value);
}

void HttpHeaders::erase(std::string_view name) {
  // Their text stays behind: headers are few, short-lived, and rarely erased.
  std::erase_if(entries_, [&](const Entry& e) {
    return equalsIgnoreCase(std::string_view(text_).substr(e.offset, e.nameSize), name);
  });
}

void HttpHeaders::clear() noexcept {
  text_.clear();
  entries_.clear();
}

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const noexcept {
  for (HeaderView h : *this) {
    if (equalsIgnoreCase(h.name, name)) return h.value;
  }
  return std::nullopt;
}

std::size_t HttpHeaders::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(begin(), end(), [&](HeaderView h) { return equalsIgnoreCase(h.name, name); }));
}

HeaderView HttpHeaders::operator[](std::size_t i) const noexcept {
  const Entry& e = entries_[i];
  const std::string_view text(text_);
  return {text.substr(e.offset, e.nameSize), text.substr(e.offset + e.nameSize, e.valueSize)};
}

}  // namespace box
