#include "box/network/headers.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "network/validation.hpp"

namespace box::inline v0_1 {
namespace {

/// The sizes that are stored before the text of each field. They are not aligned.
struct Sizes {
  std::uint32_t name, value;
};

Sizes sizesAt(const char* at) noexcept {
  Sizes sizes;
  std::memcpy(&sizes, at, sizeof sizes);
  return sizes;
}

constexpr std::size_t room = 512;  // the first capacity; an answer of Box fits into it, so it needs one allocation

}  // namespace

HttpHeaders::HttpHeaders(HeaderListView view) {
  view.forEach([this](HeaderView h) { append(h.name, h.value); });
}

void HttpHeaders::append(std::string_view name, std::string_view value) {
  const std::size_t size = text_.size() + sizeof(Sizes) + name.size() + value.size();
  if (size > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("box::HttpHeaders: more than 4 GiB");
  }
  const Sizes sizes{static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value.size())};
  char prefix[sizeof sizes];
  std::memcpy(prefix, &sizes, sizeof sizes);
  const auto appendTo = [&](std::string& text) { text.append(prefix, sizeof prefix).append(name).append(value); };
  if (size <= text_.capacity()) return appendTo(text_);
  // Name and value may refer to the present text, which therefore stays until the new one is complete.
  std::string larger;
  larger.reserve(std::max({size, 2 * text_.capacity(), room}));
  larger.append(text_);
  appendTo(larger);
  text_ = std::move(larger);
}

void HttpHeaders::set(std::string_view name, std::string_view value) {
  // Both may refer to the text of this object, and erase() moves its contents.
  const std::string newName(name), newValue(value);
  erase(newName);
  append(newName, newValue);
}

void HttpHeaders::erase(std::string_view name) {
  const std::string sought(name);  // `name` may refer to the text of this object
  for (std::size_t at = 0; at < text_.size();) {
    const Sizes sizes = sizesAt(text_.data() + at);
    const std::size_t size = sizeof sizes + sizes.name + sizes.value;
    if (equalsIgnoreCase(std::string_view(text_).substr(at + sizeof sizes, sizes.name), sought)) {
      text_.erase(at, size);
    } else {
      at += size;
    }
  }
}

void HttpHeaders::clear() noexcept { text_.clear(); }

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const noexcept {
  const char* at = text_.data();
  for (const char* const end = at + text_.size(); at != end;) {
    const Sizes sizes = sizesAt(at);
    const char* const field = at + sizeof sizes;
    if (sizes.name == name.size() && equalsIgnoreCase({field, sizes.name}, name)) {
      return std::string_view(field + sizes.name, sizes.value);
    }
    at = field + sizes.name + sizes.value;
  }
  return std::nullopt;
}

std::size_t HttpHeaders::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(begin(), end(), [&](HeaderView h) { return equalsIgnoreCase(h.name, name); }));
}

HeaderView HttpHeaders::const_iterator::operator*() const noexcept {
  const Sizes sizes = sizesAt(at_);
  const char* name = at_ + sizeof sizes;
  return {std::string_view(name, sizes.name), std::string_view(name + sizes.name, sizes.value)};
}

HttpHeaders::const_iterator& HttpHeaders::const_iterator::operator++() noexcept {
  const Sizes sizes = sizesAt(at_);
  at_ += sizeof sizes + sizes.name + sizes.value;
  return *this;
}

}  // namespace box::inline v0_1
