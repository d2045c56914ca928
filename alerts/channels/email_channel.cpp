#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "alerts/channels/curl_transfer.hpp"
#include "alerts/channels/mail_message.hpp"
#include "alerts/channels/make_channel.hpp"

namespace cepheid::alerts {

namespace {

/// The rest of a mail that libcurl has not taken yet.
std::size_t give_mail(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& rest = *static_cast<std::string_view*>(user);
  const std::size_t given = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), given);
  rest.remove_prefix(given);
  return given;
}

long tls_level(const EmailChannel& config) {
  switch (config.tls) {
    case MailTls::required: return CURLUSESSL_ALL;
    case MailTls::never: return CURLUSESSL_NONE;
    case MailTls::automatic: break;
  }
  return config.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL;    // a password is never sent in the clear
}

class EmailSender final : public Channel {
 public:
  EmailSender(EmailChannel config, std::string url, std::vector<Mailbox> from, std::vector<Mailbox> to,
              std::shared_ptr<Clock> clock)
      : config_(std::move(config)),
        url_(std::move(url)),
        from_(std::move(from)),
        to_(std::move(to)),
        clock_(std::move(clock)),
        transfer_(config_.network) {}

  Attempt send(const Message& message, const std::function<bool()>& cancelled) override {
    const std::string mail = mail_message(message, from_, to_, clock_->wall_now());
    std::string_view rest = mail;
    std::vector<std::string> recipients;
    for (const Mailbox& mailbox : to_) recipients.push_back(fmt::format("<{}>", mailbox.address));
    const std::string sender = fmt::format("<{}>", from_.front().address);
    transfer_.reset();
    transfer_.set(CURLOPT_URL, url_.c_str());
    transfer_.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    transfer_.set(CURLOPT_USE_SSL, tls_level(config_));
    if (!config_.user.empty()) {
      transfer_.set(CURLOPT_USERNAME, config_.user.c_str());
      transfer_.set(CURLOPT_PASSWORD, config_.password.c_str());
    }
    transfer_.set(CURLOPT_MAIL_FROM, sender.c_str());
    transfer_.set_list(CURLOPT_MAIL_RCPT, recipients);
    transfer_.set(CURLOPT_UPLOAD, 1L);
    transfer_.set(CURLOPT_READFUNCTION, &give_mail);
    transfer_.set(CURLOPT_READDATA, static_cast<void*>(&rest));

    const CURLcode code = transfer_.run(cancelled);
    if (code == CURLE_ABORTED_BY_CALLBACK) return {.outcome = Outcome::stopped, .reason = {}, .retry_after = {}};
    if (code == CURLE_OK) return {};
    const long status = transfer_.status();
    const bool refused = status >= 500 && status < 600;
    std::string reason = curl_easy_strerror(code);
    if (status >= 400) reason += fmt::format(" (status {})", status);
    return {.outcome = refused ? Outcome::refused : Outcome::failed, .reason = std::move(reason), .retry_after = {}};
  }

 private:
  EmailChannel config_;
  std::string url_;
  std::vector<Mailbox> from_;
  std::vector<Mailbox> to_;
  std::shared_ptr<Clock> clock_;
  CurlTransfer transfer_;
};

}    // namespace

Result<std::shared_ptr<Channel>> make_email_channel(const EmailChannel& config, std::shared_ptr<Clock> clock) {
  static constexpr std::string_view kServer = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";
  Result<std::vector<Mailbox>> to = read_mailboxes(config.to);
  if (!to) return to.error();
  Result<std::vector<Mailbox>> from = read_mailboxes(config.from);
  if (!from) return from.error();
  if (from->size() != 1) return Error{"`from` is one address"};
  std::string url = config.server;
  if (url.find("://") == std::string::npos) url.insert(0, "smtp://");
  const std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
  if (!(url.starts_with("smtp://") || url.starts_with("smtps://")) || rest.empty() ||
      rest.find_first_not_of(kServer) != std::string_view::npos) {
    return Error{"`smtp` is neither `smtp://host:port`, `smtps://host:port` nor `host:port`"};
  }
  return std::shared_ptr<Channel>(
      std::make_shared<EmailSender>(config, std::move(url), *std::move(from), *std::move(to), std::move(clock)));
}

}    // namespace cepheid::alerts
