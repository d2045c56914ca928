#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "cepheid/result.hpp"

namespace cepheid::alerts {

/// A person's address with the name to show.
struct Mailbox {
  std::string name;       // may be empty
  std::string address;    // `local@domain`, plain ASCII
};

/// Reads `ops@example.com, Night shift <ops@example.com>`; fails where an address is none, or has a character in it
/// that could end a header or an SMTP command.
[[nodiscard]] Result<std::vector<Mailbox>> read_mailboxes(std::string_view text);

/// The mail of a message (RFC 5322), lines ended by CR LF. `Message-ID` is made of the message's id, so that it is the
/// same when the mail is sent again; mails of one incident refer to one thread. No text of an alert can make a header:
/// control characters become spaces there, what is not ASCII is an encoded word (RFC 2047); the body is Base64.
[[nodiscard]] std::string mail_message(const Message& message, const std::vector<Mailbox>& from,
                                       const std::vector<Mailbox>& to, TimeMs wall_now);

}    // namespace cepheid::alerts
