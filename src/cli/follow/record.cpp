#include "cli/follow/record.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <box/bulk/file_journal.hpp>
#include <box/error.hpp>
#include <box/support/private_file.hpp>

#include "cli/files.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view beginning = R"({"format":"box-sessions-follow 1")";
constexpr std::size_t mostBytes = std::size_t{512} * 1024 * 1024;

/// False only if there is certainly no file: a record that could not be looked at must not be replaced by a new one.
bool mayExist(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(filePath(path), ignored).type() != std::filesystem::file_type::not_found;
}

std::string contentOf(const std::string& path, bool isCopy) {
  try {
    return std::string(readPrivateFile(path, mostBytes, Links::refuse).reveal());
  } catch (const BoxSdkError& error) {
    if (!isCopy) throw FileError("cannot read " + printable(error.details().context));
  }
  return readWholeFile(path, mostBytes);
}

template <class Out>
Out numberIn(const json::object& object, std::string_view name) {
  return object.at(name).to_number<Out>();
}

std::string textIn(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

}  // namespace

std::string textOf(const FollowRecord& record) {
  json::object out;
  out["format"] = "box-sessions-follow 1";
  out["job"] = record.job;
  out["mark"] = record.mark.text();
  out["boxAhead"] = record.boxAhead.count();
  if (record.hasMembers) {
    json::array& members = out["members"].emplace_array();
    for (const GroupMember& member : record.members) members.push_back({member.group, member.id, member.login});
  }
  json::array& missing = out["missing"].emplace_array();
  for (const std::string& line : record.missing) missing.emplace_back(validUtf8(line));
  out["people"] = record.people;
  out["state"] = record.state;
  return json::serialize(out) + "\n";
}

std::optional<FollowRecord> recordIn(std::string_view text) {
  if (!text.starts_with(beginning)) return std::nullopt;
  json::error_code unreadable;
  const json::value value = json::parse(text, unreadable);
  if (unreadable || !value.is_object()) return std::nullopt;
  try {
    const json::object& in = value.as_object();
    FollowRecord record;
    record.job = textIn(in, "job");
    const std::optional<FollowMark> mark = FollowMark::fromText(textIn(in, "mark"));
    if (!mark) return std::nullopt;
    record.mark = *mark;
    record.boxAhead = std::chrono::seconds(numberIn<std::int64_t>(in, "boxAhead"));
    if (record.boxAhead < -longestAhead || record.boxAhead > longestAhead) return std::nullopt;
    record.hasMembers = in.contains("members");
    if (record.hasMembers) {
      for (const json::value& each : in.at("members").as_array()) {
        const json::array& member = each.as_array();
        record.members.push_back({member.at(0).to_number<std::uint64_t>(), std::string(member.at(1).as_string()),
                                  std::string(member.at(2).as_string())});
      }
    }
    for (const json::value& line : in.at("missing").as_array()) record.missing.emplace_back(line.as_string());
    record.people = textIn(in, "people");
    record.state = textIn(in, "state");
    return record;
  } catch (const std::exception&) {  // a member is missing or has the wrong type
    return std::nullopt;
  }
}

std::optional<FollowRecord> readRecord(const std::string& path, const std::string& job, bool isCopy) {
  if (!mayExist(path)) return std::nullopt;
  std::optional<FollowRecord> record = recordIn(contentOf(path, isCopy));
  if (!record) refuseRecord(path);
  if (record->job != job) throw FileError(shownPath(path) + " belongs to another journal. Move it away to follow anew");
  return record;
}

void refuseRecord(const std::string& path) {
  throw FileError(shownPath(path) + " is not a record of following, or it is damaged. Move it away to follow anew");
}

void writeRecord(const std::string& path, const FollowRecord& record) {
  requireReplaceable(path, std::array{beginning});
  writeFile(path, textOf(record), Readers::owner);
}

FollowLock::FollowLock(const std::string& journal) : descriptor_(openToLock(journal)) {
  const std::string name = "journal '" + printable(journal) + "': ";
  if (descriptor_ < 0) {
    throw JournalError(JournalError::Kind::unusable,
                       name + "it cannot be opened for writing: " + std::generic_category().message(errno));
  }
  if (lockForFollowing(descriptor_)) return;
  const int error = errno;
  closeDescriptor(descriptor_);
  if (error == EWOULDBLOCK) {
    throw JournalError(JournalError::Kind::locked,
                       name + "another box-sessions follows it. Wait for it to finish, or stop it");
  }
  throw JournalError(JournalError::Kind::unusable,
                     name + "it cannot be locked: " + std::generic_category().message(error));
}

FollowLock::~FollowLock() { closeDescriptor(descriptor_); }

}  // namespace box::cli
