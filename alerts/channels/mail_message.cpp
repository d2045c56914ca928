#include "alerts/channels/mail_message.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "alerts/text/digest.hpp"
#include "alerts/text/time_text.hpp"
#include "alerts/text/utf8.hpp"

namespace cepheid::alerts {

namespace {

constexpr std::size_t kSubject = 200;        // bytes of a subject
constexpr std::size_t kEncodedBytes = 42;    // of one encoded word: 56 in Base64, below the 75 that it may have
constexpr std::size_t kPlainWord = 60;       // a longer word is encoded, for an ASCII line may not be folded within it
constexpr std::size_t kBody = 1 << 20;
constexpr std::size_t kBase64Line = 57;    // bytes that make a line of 76
constexpr std::size_t kLongestAddress = 254;

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

bool is_plain(std::string_view text) {
  if (text.find("=?") != std::string_view::npos) return false;
  std::size_t word = 0;
  for (const char c : text) {
    word = c == ' ' ? 0 : word + 1;
    if (static_cast<unsigned char>(c) >= 0x80 || word > kPlainWord) return false;
  }
  return true;
}

/// The text of a header after its name, folded: each line begins with a space.
std::string header_text(std::string_view raw) {
  const std::string text = one_line(raw);
  std::string out;
  if (!is_plain(text)) {
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view piece = cut_utf8(rest, kEncodedBytes);
      out += fmt::format("{} =?utf-8?B?{}?=", out.empty() ? "" : "\r\n", base64(piece));
      rest.remove_prefix(piece.size());
    }
    return out;
  }
  std::size_t column = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' ', 1), rest.size());
    const std::string_view word = rest.substr(0, end);
    // Folded before a word only if there is one: a line of spaces alone would end the header for some readers.
    if (column + word.size() > kPlainWord && word.find_first_not_of(' ') != std::string_view::npos) {
      out += "\r\n";
      column = 0;
    }
    if (!word.starts_with(' ')) out += ' ';
    out += word;
    column += word.size();
    rest.remove_prefix(end);
  }
  return out;
}

std::string mailbox_text(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return " " + mailbox.address;
  if (!is_plain(mailbox.name)) return fmt::format("{}\r\n <{}>", header_text(mailbox.name), mailbox.address);
  std::string quoted;
  for (const char c : mailbox.name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format(" \"{}\" <{}>", quoted, mailbox.address);
}

std::string mailbox_list(const std::vector<Mailbox>& mailboxes) {
  std::string list;
  for (const Mailbox& mailbox : mailboxes) {
    if (!list.empty()) list += ",\r\n";
    list += mailbox_text(mailbox);
  }
  return list;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_address(std::string_view text) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > kLongestAddress) return false;
  if (text.substr(at + 1).find_first_not_of(kLetters) != std::string_view::npos) return false;
  const std::string local_letters = std::string(kLetters) + "!#$%&'*+/=?^_`{|}~";
  return text.substr(0, at).find_first_not_of(local_letters) == std::string_view::npos;
}

void append_part(std::string& text, const Alert& alert) {
  text += title_of(alert) + "\n\n";
  if (!alert.body.empty()) text += alert.body + "\n\n";
  text += fmt::format("alert: {}\nseverity: {}\ntime: {}\n", alert.name, alert.severity, iso_8601(alert.time));
  for (const auto& [name, value] : alert.values) text += fmt::format("{}: {}\n", name, value);
  text += fmt::format("id: {}\n", alert.id);
}

std::string text_of(const Message& message) {
  std::string text;
  for (const Alert& alert : message.alerts) {
    if (!text.empty()) text += "\n----\n\n";
    append_part(text, alert);
    if (text.size() > kBody) break;
  }
  return shortened(text, kBody);
}

/// Texts in Base64 have CR LF as line ends before they are encoded (RFC 2045).
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}    // namespace

Result<std::vector<Mailbox>> read_mailboxes(std::string_view text) {
  std::vector<Mailbox> mailboxes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view entry = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    Mailbox mailbox;
    if (entry.ends_with('>') && entry.find('<') != std::string_view::npos) {
      const std::size_t open = entry.rfind('<');
      mailbox.name = trimmed(entry.substr(0, open));
      mailbox.address = entry.substr(open + 1, entry.size() - open - 2);
    } else {
      mailbox.address = entry;
    }
    repair_utf8(mailbox.name);
    if (!is_address(mailbox.address) || std::any_of(mailbox.name.begin(), mailbox.name.end(), is_control)) {
      return Error{
          "a mail address is none: `name@domain` or `Name <name@domain>`, in ASCII, with commas between several"};
    }
    mailboxes.push_back(std::move(mailbox));
  }
  if (mailboxes.empty()) return Error{"without a mail address"};
  return mailboxes;
}

std::string mail_message(const Message& message, const std::vector<Mailbox>& from, const std::vector<Mailbox>& to,
                         TimeMs wall_now) {
  const std::string& sender = from.front().address;
  const std::string domain = sender.substr(sender.find('@') + 1);
  const Alert& first = message.alerts.front();
  std::string mail;
  const auto header = [&](std::string_view name, std::string_view text) {
    mail += fmt::format("{}:{}\r\n", name, text);
  };
  header("Date", " " + mail_date(wall_now));
  header("From", mailbox_list(from));
  header("To", mailbox_list(to));
  header("Subject", header_text(fmt::format("[{}] {}", severity_of(message), shortened(title_of(message), kSubject))));
  // Of the ids only digests: what a caller gives as an id may have any characters.
  header("Message-ID", fmt::format(" <{}@{}>", digest(message.id), domain));
  header("References", fmt::format(" <incident.{}@{}>", digest(first.incident), domain));
  header("MIME-Version", " 1.0");
  header("Content-Type", " text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", " base64");
  header("Auto-Submitted", " auto-generated");
  mail += "\r\n";
  const std::string text = with_crlf(text_of(message));
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, kBase64Line);
    mail += base64(line) + "\r\n";
    rest.remove_prefix(line.size());
  }
  return mail;
}

}    // namespace cepheid::alerts
