#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "box/read/events.hpp"
#include "box/read/groups.hpp"
#include "box/read/users.hpp"
#include "read/paging.hpp"

namespace box::inline v0_1 {

/// The queries of the calls that read, encoded for the URL. A parameter that is not set is left out, so that Box's
/// default applies.
///
/// All functions throw BoxSdkError with Errc::invalidRequest where Box would refuse an argument, or would silently
/// ignore it; the text begins with the argument's name and never has its value.
std::string queryOf(const GetUsersQueryParams& params);
std::string queryOf(const GetGroupsQueryParams& params);
std::string queryOf(const GetGroupMembershipsQueryParams& params);
std::string queryOf(const GetEventsQueryParams& params);
/// The same for a call whose only parameter is `fields`.
std::string queryOfFields(const StringListView& fields);

/// Add to a query which page to request: of a list, and of the stream of events. The page is valid; it is not checked.
void addPageStart(std::string& query, const PageStart& page);
void addStreamStart(std::string& query, std::string_view position, std::int64_t limit);

/// The path with the id in it: "/2.0/users/" and "12345". `name`: the name of the argument, for errors.
std::string pathWithId(std::string_view before, std::string_view id, std::string_view after, std::string_view name);

}  // namespace box::inline v0_1
