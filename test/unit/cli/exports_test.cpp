#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "read_list.hpp"

/// The header rows of real exports, including their columns that name the wrong person. Each row's source is noted next
/// to it: [D] is a vendor's documentation, [F] is a file that was seen.
namespace box::cli {
namespace {

using test::Outcome;
using test::pick;
using test::read;
using test::Texts;

/// A row that has text only in the given fields, which are placed by the header.
std::string rowOf(std::string_view header,
                  std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string out;
  std::size_t found = 0;
  while (true) {
    const std::size_t end = header.find(',');
    const std::string_view name = header.substr(0, end);
    for (const auto& [field, value] : fields) {
      if (field != name) continue;
      out += value;
      ++found;
    }
    if (end == std::string_view::npos) break;
    out += ',';
    header.remove_prefix(end + 1);
  }
  EXPECT_EQ(found, fields.size()) << "a field is not in the header";
  return out + "\n";
}

// [F] Entra, Users, Download users.
constexpr std::string_view entra =
    "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,"
    "streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,"
    "ageGroup,"
    "consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,"
    "identityIssuer,createdDateTime";
constexpr std::string_view guid = "5c5fa5c1-3f0e-4a0e-9d5a-2f1f0c0c0c0c";

std::string entraRow(std::string_view name, std::string_view mail, std::string_view other = "bait@home.example") {
  return rowOf(entra, {{"userPrincipalName", name},
                       {"mail", mail},
                       {"id", guid},
                       {"userType", "Member"},
                       {"jobTitle", "=3+1"},
                       {"postalCode", "12345"},
                       {"telephoneNumber", "5551234"},
                       {"mobilePhone", "5559876"},
                       {"alternateEmailAddress", other}});
}

TEST(CliExports, EntraUsers) {
  const std::string header = std::string(entra) + "\n";
  const Outcome out = read(Target::users, header + entraRow("ann@x.org", "Ann@x.org") + entraRow("bob@x.org", "") +
                                              entraRow("eve_outlook.com#EXT#@x.onmicrosoft.com", "eve@outlook.com"));
  EXPECT_EQ(out.entries, (Texts{"ann@x.org", "bob@x.org", "eve@outlook.com"}));
  EXPECT_EQ(out.faults, Texts{});
  EXPECT_EQ(
      out.notes,
      Texts{"column 'id' has no ids of Box (ids of another system?): columns 'userPrincipalName' and 'mail' are read"});
}

TEST(CliExports, AListThatTheProgramKeptSaysWhatWasWrong) {
  const std::string rows = ",ann@x.org,,\n,,,\"invalid at argument 2: 'bad', is neither\"\n,,,other\n";
  const Outcome out = read(Target::users, "id,login,line,problem\n" + rows);
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 2U);
  EXPECT_NE(out.faults[0].find("invalid at argument 2: 'bad', is neither"), std::string::npos) << out.faults[0];
  EXPECT_NE(out.faults[1].find("the row has no id and no login"), std::string::npos) << out.faults[1];
}

TEST(CliExports, AListOfGroupsThatTheProgramKeptSaysWhatWasWrong) {
  const Outcome out = read(Target::groups, "id,line,problem\n777,,\n,,\"invalid at argument 2: 'bad', is no id\"\n");
  EXPECT_EQ(out.entries, Texts{"777"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults[0].find("invalid at argument 2: 'bad', is no id"), std::string::npos) << out.faults[0];
}

TEST(CliExports, EntraUsersWhoseMailIsNotTheirName) {
  const std::string list =
      std::string(entra) + "\n" + entraRow("ann@x.org", "ann@x.org") + entraRow("bob@corp.local", "bob.lee@x.org");
  const Outcome out = read(Target::users, list);
  EXPECT_EQ(out.entries, Texts{}) << "the program does not guess which of them Box knows";
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("differ in line 3: pick one with --column 'userPrincipalName' or --column 'mail'"),
            std::string::npos)
      << out.faults.front();
  EXPECT_EQ(read(Target::users, list, pick("mail")).entries, (Texts{"ann@x.org", "bob.lee@x.org"}));
  EXPECT_EQ(read(Target::users, list, pick("User Principal Name")).entries, (Texts{"ann@x.org", "bob@corp.local"}));
}

TEST(CliExports, AnEntraUserFarDownWhoseMailIsNotTheirName) {
  std::string list = std::string(entra) + "\n";
  for (std::size_t i = 0; i < ListParser::sampleRows; ++i) list += entraRow("ann@x.org", "");
  const Outcome out = read(Target::users, list + entraRow("bob@corp.local", "bob@x.org"));
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("have different logins: pick one with --column"), std::string::npos);
}

TEST(CliExports, AnEntraGuestWithoutMail) {
  const Outcome out = read(Target::users, std::string(entra) + "\n" + entraRow("ann@x.org", "") +
                                              entraRow("eve_outlook.com#EXT#@x.onmicrosoft.com", ""));
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("(#EXT#), which is nobody's login"), std::string::npos) << out.faults.front();
}

TEST(CliExports, EntraTemplates) {  // [D]
  const Outcome out =
      read(Target::users,
           "version:v1.0,\r\nUser name [userPrincipalName] Required,Name [displayName]\r\nann@x.org,bait@x.org\r\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(read(Target::users, "version:v1.0\r\nUser name [userPrincipalName] Required\r\nann@x.org\r\n").entries,
            Texts{"ann@x.org"});
}

TEST(CliExports, Microsoft365Users) {
  const Outcome out = read(Target::users,
                           "Block credential,City,Country/Region,Department,Display name,Alternate email address,Phone "
                           "number,Object Id,User principal name\n"
                           "False,Rome,IT,Sales,Ann,bait@home.example,5551234," +
                               std::string(guid) + ",ann@x.org\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(out.faults, Texts{});
}

// [F] Google Workspace, Download users.
constexpr std::string_view google =
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function "
    "[UPLOAD "
    "ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Status [READ ONLY],Last Sign In [READ "
    "ONLY],Recovery "
    "Email,Home Secondary Email,Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home "
    "Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee Type,Employee Title,Manager "
    "Email,Department,Cost "
    "Center,2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building ID,Floor Name,Floor Section,Email Usage [READ "
    "ONLY],Drive Usage [READ ONLY],Photos Usage [READ ONLY],Storage limit [READ ONLY],Storage Used [READ ONLY],Change "
    "Password at Next Sign-In,New Status [UPLOAD ONLY],Advanced Protection Program enrollment";

TEST(CliExports, GoogleUsers) {
  const auto row = [](std::string_view address) {
    return rowOf(google, {{"Email Address [Required]", address},
                          {"New Primary Email [UPLOAD ONLY]", "bait1@x.org"},
                          {"Recovery Email", "bait2@home.example"},
                          {"Home Secondary Email", "bait3@home.example"},
                          {"Work Secondary Email", "bait4@x.org"},
                          {"Manager Email", "boss@x.org"},
                          {"Employee ID", "4711"},
                          {"Building ID", "12"},
                          {"Mobile Phone", "5551234"}});
  };
  const Outcome out = read(Target::users, std::string(google) + "\n" + row("ann@x.org") + row("") + row("bob@x.org"));
  EXPECT_EQ(out.entries, (Texts{"ann@x.org", "bob@x.org"}));
  ASSERT_EQ(out.faults.size(), 1U) << "no other column replaces a missing account";
  EXPECT_TRUE(out.faults.front().starts_with("list, line 3, character 1: the row has no Email Address [Required]"))
      << out.faults.front();
}

TEST(CliExports, GoogleGroupMembers) {  // [F]
  const Outcome out = read(Target::users,
                           "Group Email [Required],Member Email,Member Role,Member Type\n"
                           "sales@x.org,ann@x.org,MEMBER,USER\nsales@x.org,team@x.org,MEMBER,GROUP\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with(
      "list, line 3, character 31: column 'Member Type': this row is a group and not a user"))
      << out.faults.front();
}

TEST(CliExports, OktaPasswordHealth) {  // [D]
  const Outcome out = read(Target::users,
                           "User,Login,Status,Activation date,Authentication Source,Last Login,Last Password Change\n"
                           "bait@x.org,ann@x.org,ACTIVE,2026-01-01,OKTA,2026-11-01,2026-10-01\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(out.columns, "column 'Login'");
}

TEST(CliExports, OktaUserAccounts) {  // [D]
  EXPECT_EQ(read(Target::users, "Okta username,Primary email,Okta user status\nann@x.org,ANN@x.org,ACTIVE\n").entries,
            Texts{"ann@x.org"});
  EXPECT_NE(read(Target::users, "Okta username,Primary email,Okta user status\nann@x.org,lee@x.org,ACTIVE\n")
                .faults.at(0)
                .find("pick one with --column"),
            std::string::npos);
}

TEST(CliExports, OktaScripts) {
  const Outcome out = read(Target::users,
                           "id,Status,Created,Login,First,Last,Email\n"
                           "00u1a2b3c4d5E6F7g8h9,ACTIVE,2026-01-01,ann@x.org,Ann,Lee,bait@x.org\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(out.notes, (Texts{"column 'id' has no ids of Box (ids of another system?): column 'Login' is read",
                              "1 row has another address in 'Email' than in 'Login' (line 2): 'Login' is used "
                              "(--column 'Email' uses the other)"}));
}

TEST(CliExports, OktaLoginsThatAreNotTheAddresses) {
  const std::string_view list = "login,email\nann@x.org,Ann@X.org\nbob@x.org,b@y.org\ncy@x.org,\ndee@x.org,d@y.org\n";
  const Outcome out = read(Target::users, list);
  EXPECT_EQ(out.entries, (Texts{"ann@x.org", "bob@x.org", "cy@x.org", "dee@x.org"}));
  EXPECT_EQ(out.notes, Texts{"2 rows have another address in 'email' than in 'login' (the first: line 3): 'login' is "
                             "used (--column 'email' uses the other)"});
  const Outcome picked = read(Target::users, list, pick("email"));
  EXPECT_EQ(picked.entries, (Texts{"Ann@X.org", "b@y.org", "d@y.org"}));
  EXPECT_EQ(picked.notes, Texts{}) << "the operator has chosen";
}

TEST(CliExports, BoxUserDetails) {  // [D]
  const Outcome out =
      read(Target::users,
           "User Name,User Email,Public Name,Secondary Emails,Groups,Storage Allocated,Restrict external "
           "collaboration,Status,Storage Used,Last Password Change,Last Login,User Type\n"
           "old@x.org,ann@x.org,Ann,\"bait@x.org, bait2@x.org\",\"A, B\",10,No,Active,5,,,Member\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(out.faults, Texts{});
}

TEST(CliExports, BoxUserActivity) {  // [D]
  const Outcome out = read(Target::users,
                           "Date,User Name,User Email,IP Address,Action,Affected,Details\n"
                           "2026-11-29,Ann,ann@x.org,10.0.0.1,Login,bait@x.org,x\n"
                           "2026-11-29,Ann,ann@x.org,10.0.0.1,Share,bob@x.org,x\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
}

TEST(CliExports, BoxUserEngagementAndTheTemplateForUsers) {  // [D]
  EXPECT_EQ(read(Target::users,
                 "User Name,User Email,Status,User Type,Last Activity,Storage,File & Folder Count\n"
                 "Ann,ann@x.org,Active,Member,2026-11-01,10,4711\n")
                .entries,
            Texts{"ann@x.org"});
  EXPECT_EQ(read(Target::users, "Name,Email,Groups,Storage\nAnn,ann@x.org,A;B,10\n").entries, Texts{"ann@x.org"});
}

// Box's CLI, users --csv: the only export that has Box's ids.
constexpr std::string_view boxUsers =
    "type,id,name,login,created_at,modified_at,language,timezone,space_amount,space_used,max_upload_size,status,job_"
    "title,"
    "phone,address,avatar_url,created_by.login";

TEST(CliExports, BoxUsers) {
  const std::string list = std::string(boxUsers) + "\n" +
                           rowOf(boxUsers, {{"type", "user"},
                                            {"id", "11446498"},
                                            {"login", "ann@x.org"},
                                            {"space_used", "4711"},
                                            {"phone", "5551234"},
                                            {"created_by.login", "admin@x.org"}});
  EXPECT_EQ(read(Target::users, list).entries, Texts{"ann@x.org"});
  ListOptions options;
  options.columns.preferId = true;
  EXPECT_EQ(read(Target::users, list, options).entries, Texts{"11446498"});
}

TEST(CliExports, BoxBulkFile) {  // [F] Box's CLI, users:terminate-session, with no line end at its end
  const Outcome out = read(Target::users, "user-logins,user-ids\nuser1@example.com,111");
  EXPECT_EQ(out.entries, Texts{"user1@example.com"});
  EXPECT_EQ(out.notes, Texts{"1 row has an id and a login: the login is used (--prefer id uses the id)"});
  EXPECT_EQ(read(Target::users, "user-logins,user-ids\n,111\nann@x.org,\n").entries, (Texts{"111", "ann@x.org"}));
}

TEST(CliExports, BoxGroupsAreNoUsers) {
  const Outcome out = read(Target::users, "type,id,name\ngroup,777,Sales\n");
  EXPECT_EQ(out.entries, Texts{});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("this row is a group and not a user"), std::string::npos);
  EXPECT_EQ(read(Target::groups, "type,id,name\ngroup,777,Sales\n").entries, Texts{"777"});
  EXPECT_EQ(read(Target::groups, "type,id,name\nuser,777,Ann\n").entries, Texts{});
}

TEST(CliExports, BoxFoldersAreNoUsers) {
  const std::string_view list = "type,id,name\nfolder,777,Plans\n";
  EXPECT_EQ(read(Target::users, list).entries, Texts{});
  EXPECT_EQ(read(Target::groups, list).entries, Texts{});
  EXPECT_EQ(read(Target::users, list, pick("id")).entries, Texts{"777"}) << "the operator has chosen it";
}

TEST(CliExports, BoxMembershipsNameUsersAndGroups) {
  const std::string_view list =
      "type,id,user.type,user.id,user.name,user.login,group.type,group.id,group.name,role\n"
      "group_membership,99,user,111,Ann,ann@x.org,group,777,Sales,member\n";
  EXPECT_EQ(read(Target::users, list).entries, Texts{"ann@x.org"});
  EXPECT_EQ(read(Target::groups, list).entries, Texts{"777"});
  ListOptions options;
  options.columns.preferId = true;
  EXPECT_EQ(read(Target::users, list, options).entries, Texts{"111"});
}

TEST(CliExports, SapUsers) {
  EXPECT_EQ(read(Target::users, "active,userName,userType,emails[0].value\nTRUE,P000123,employee,ann@x.org\n").entries,
            Texts{"ann@x.org"});
}

TEST(CliExports, OutlookContacts) {
  const Outcome out = read(
      Target::users,
      "\"First Name\",\"Last Name\",\"Business Phone\",\"E-mail Address\",\"E-mail 2 Address\",\"Manager's Name\"\n"
      "\"Ann\",\"Lee\",\"5551234\",\"ann@x.org\",\"bait@home.example\",\"Boss\"\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
}

TEST(CliExports, GoogleContacts) {
  const Outcome out = read(Target::users,
                           "Name,Given Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value\n"
                           "Ann Lee,Ann,* My Contacts,Work,ann@x.org,bait@home.example\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
}

TEST(CliExports, SearchResults) {
  EXPECT_EQ(read(Target::users, "user,count\nann@x.org,4711\n").entries, Texts{"ann@x.org"});
  const Outcome out = read(Target::users, "src_user,count\nann@x.org,4711\n");
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("The columns are 'src_user', 'count'"), std::string::npos) << out.faults.front();
  EXPECT_EQ(read(Target::users, "src_user,count\nann@x.org,4711\n", pick("src_user")).entries, Texts{"ann@x.org"});
}

}  // namespace
}  // namespace box::cli
