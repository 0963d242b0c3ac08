#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "box/network/options.hpp"
#include "box/support/asio.hpp"
#include "http/response_reader.hpp"
#include "transport/connection.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"

namespace box::inline v0_1 {

/// One request on one connection: sends `connection.out`, and gives the received bytes to `reader` until the response
/// is complete.
///
/// Lives in the caller's frame while run() is awaited. *Cancellation*: terminal at any time, each type as long as the
/// system has taken no byte of the request; the connection cannot be used afterwards. run() never throws, unless there
/// is no memory: the error is in `failure`.
class Exchange {
  /// The exchange as one composed operation. As a coroutine, each step would need a frame and a resumption.
  class Steps {
   public:
    explicit Steps(Exchange& exchange) noexcept : exchange_(exchange) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      const bool initiating = std::exchange(initiating_, false);
      switch (step_) {
        case Step::write: return write(self, ec, initiating);
        case Step::read: return read(self, ec);
        case Step::over: return self.complete();
      }
    }

   private:
    enum class Step : unsigned char { write, read, over };
    using Wait = Wire::Socket::wait_type;

    /// Makes each type of cancellation terminal until the system has taken a byte.
    struct UntilSent {
      asio::cancellation_type operator()(asio::cancellation_type type) const noexcept {
        if (wire->hasSent()) return type & asio::cancellation_type::terminal;
        return type == asio::cancellation_type::none ? type : asio::cancellation_type::terminal;
      }
      const Wire* wire;
    };

    template <class Self>
    void write(Self& self, error_code ec, bool initiating) {
      if (!ec) ec = exchange_.writeSome();
      if (ec && ec != asio::error::would_block) {
        exchange_.writeFailed(ec);
        return finish(self, initiating);
      }
      const Wire& wire = *exchange_.connection_.wire;
      if (initiating && !wire.hasSent()) self.reset_cancellation_state(UntilSent{&wire});
      if (exchange_.isSent()) {
        step_ = Step::read;
        return wait(self, Wait::wait_read);
      }
      step_ = Step::over;  // in `self`, which a Duplex posts if it ends while the operation is being begun
      if (Duplex<Self>::takeOver(exchange_, self, initiating)) return;
      step_ = Step::write;
      wait(self, exchange_.writeNeeds(ec));
    }

    template <class Self>
    void read(Self& self, error_code ec) {
      if (!ec) ec = exchange_.readAll();
      if (ec == asio::error::would_block) {
        // A cancellation that arrives between the end of a wait and this call has no operation to end.
        if (self.cancelled() == asio::cancellation_type::none) {
          return wait(self, exchange_.connection_.wire->blockedBy());
        }
        ec = asio::error::operation_aborted;
      }
      if (ec) exchange_.readFailed(ec);
      finish(self, false);
    }

    template <class Self>
    void wait(Self& self, Wait what) {
      Connection& c = exchange_.connection_;
      c.wire->asyncWait(what, asio::bind_allocator(c.memory.allocator(), std::move(self)));
    }

    /// The completion handler must not be called by the function that begins the operation.
    template <class Self>
    void finish(Self& self, bool initiating) {
      exchange_.end();
      if (!initiating) return self.complete();
      step_ = Step::over;
      const auto executor = asio::get_associated_executor(self, exchange_.connection_.wire->get_executor());
      asio::post(executor, asio::bind_allocator(exchange_.connection_.memory.allocator(), std::move(self)));
    }

    Exchange& exchange_;
    Step step_ = Step::write;
    bool initiating_ = true;
  };

  /// The rest of an exchange whose request could not be sent in one piece. Writing and reading are in progress at the
  /// same time, because a server may answer before it has read the whole request, and may never read the rest. Both use
  /// TLS, which two threads must not do at the same time: if both waits end together, the thread that is first does
  /// the work of both. It runs on the caller's executor, and so does cancellation. A strand would need memory for each
  /// handler. The end of one direction ends the other by shutdown(2), after which the bytes that have arrived can still
  /// be read.
  template <class Self>
  class Duplex : public std::enable_shared_from_this<Duplex<Self>> {
   public:
    Duplex(Exchange& exchange, const Self& self)
        : exchange_(exchange),
          executor_(asio::get_associated_executor(self, exchange.connection_.wire->get_executor())) {}

    /// Makes a Duplex that continues the exchange. False if there is no memory for it: then `self` continues and writes
    /// before it reads.
    static bool takeOver(Exchange& exchange, Self& self, bool initiating) {
      std::shared_ptr<Duplex> duplex;
      try {
        duplex = std::make_shared<Duplex>(exchange, self);
        auto slot = asio::get_associated_cancellation_slot(self);
        if (slot.is_connected()) {
          slot.assign([weak = duplex->weak_from_this()](asio::cancellation_type) {
            if (const auto locked = weak.lock()) locked->cancel();
          });
        }
      } catch (const std::bad_alloc&) {
        return false;
      }
      duplex->self_.emplace(std::move(self));  // only now, because from here on no memory is allocated
      duplex->write();
      duplex->read();
      duplex->work(initiating);
      return true;
    }

   private:
    // What is due. `working`: a thread is in work(), and also does what becomes due in the meantime.
    static constexpr unsigned working = 1, toWrite = 2, toRead = 4;

    /// A wait has ended.
    void become(unsigned due) {
      if ((due_.fetch_or(due | working) & working) == 0) work(false);
    }

    void work(bool initiating) {
      for (unsigned due = working;;) {
        due = due_.exchange(working);
        if ((due & toWrite) != 0) onWritable();
        if ((due & toRead) != 0) onReadable();
        if (over_ && !reading_ && !writing_) return leave(initiating);
        due = working;
        if (due_.compare_exchange_strong(due, 0)) return;
      }
    }

    void onReadable() {
      reading_ = false;
      read();
    }

    void read() {
      error_code ec = std::exchange(readWait_, error_code());
      // On Windows shutDown() ends a wait with this code; what has arrived is read nevertheless.
      if (ec == asio::error::operation_aborted && !cancelled_) ec = {};
      if (!ec) ec = exchange_.readAll();
      if (ec == asio::error::would_block) {
        reading_ = true;
        return wait(exchange_.connection_.wire->blockedBy(), readMemory_,
                    [duplex = this->shared_from_this()](error_code w) {
                      duplex->readWait_ = w;
                      duplex->become(toRead);
                    });
      }
      if (ec) exchange_.readFailed(cancelled_ ? error_code(asio::error::operation_aborted) : ec);
      over_ = true;
      if (writing_) exchange_.shut();
    }

    void write() {
      writing_ = true;
      wait(writeNeeds_, writeMemory_, [duplex = this->shared_from_this()](error_code w) {
        duplex->writeWait_ = w;
        duplex->become(toWrite);
      });
    }

    void onWritable() {
      writing_ = false;
      error_code ec = std::exchange(writeWait_, error_code());
      // After a final header the server does not need the rest of the request.
      if (over_ || exchange_.reader.headerComplete()) return;
      if (!ec) ec = exchange_.writeSome();
      writeNeeds_ = exchange_.writeNeeds(ec);
      if (ec && ec != asio::error::would_block) {
        exchange_.writeError_ = ec;
        exchange_.shut();
      } else if (!exchange_.isSent()) {
        write();
      }
    }

    void cancel() {
      cancelled_ = true;
      exchange_.shut();
    }

    void leave(bool initiating) {
      asio::get_associated_cancellation_slot(*self_).clear();
      exchange_.end();
      if (cancelled_) exchange_.reusable = false;  // the answer may have arrived before the socket was shut down
      Self self = *std::move(self_);
      if (!initiating) return self.complete();
      asio::post(executor_, asio::bind_allocator(exchange_.connection_.memory.allocator(), std::move(self)));
    }

    template <class Handler>
    void wait(Wire::Socket::wait_type what, HandlerMemory& memory, Handler handler) {
      exchange_.connection_.wire->asyncWait(
          what, asio::bind_executor(executor_, asio::bind_allocator(memory.allocator(), std::move(handler))));
    }

    Exchange& exchange_;
    const asio::associated_executor_t<Self, Wire::executor_type> executor_;
    std::optional<Self> self_;  // set from takeOver() to leave()
    HandlerMemory readMemory_, writeMemory_;
    std::atomic<unsigned> due_{working};
    error_code readWait_, writeWait_;  // how the waits have ended
    Wire::Socket::wait_type writeNeeds_ = Wire::Socket::wait_write;
    bool reading_ = false, writing_ = false, over_ = false;  // whether a wait is in progress, or its end is due
    std::atomic<bool> cancelled_{false};
  };

 public:
  Exchange(Connection& connection, const TimeLimits& limits, const TimeoutOptions& timeouts,
           const ResponseLimits& responseLimits,
           ResponseReader::Expect expect = ResponseReader::Expect::response) noexcept
      : connection_(connection),
        limits_(limits),
        timeouts_(timeouts),
        responseLimits_(responseLimits),
        expect_(expect) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Returns an operation to await. It is not a coroutine, so it needs no frame.
  auto run() {
    begin();
    return asio::async_compose<const asio::deferred_t, void()>(Steps(*this), asio::deferred, *connection_.wire);
  }

  ResponseReader reader;
  Failure failure;  ///< its phase is write or read
  /// What the peer sent after its response.
  Connection::Unread unread() const noexcept { return buffered_; }

  bool reusable = false;  ///< whether the connection may be used for another request

 private:
  void begin();
  asio::const_buffer unsent() const {
    return asio::buffer(connection_.out.data() + sent_, connection_.out.size() - sent_);
  }
  asio::mutable_buffer room() {
    return asio::buffer(connection_.in.data() + connection_.received, connection_.in.size() - connection_.received);
  }
  void shut() noexcept;
  void end() noexcept;
  /// The phase of the exchange, for a time limit or a cancellation.
  Phase phase() const noexcept { return isSent() ? Phase::read : Phase::write; }
  void arm(std::chrono::nanoseconds limit, Errc code);
  void fail(error_code code, error_code cause, Phase phase) noexcept;
  bool isSent() const noexcept { return sent_ == connection_.out.size(); }
  error_code writeSome();
  /// What the next writeSome() must wait for, after the last one has ended with this code.
  Wire::Socket::wait_type writeNeeds(error_code ec) const noexcept;
  error_code readAll();
  bool readSome(std::size_t bytes);
  void writeFailed(const error_code& ec);
  void readFailed(const error_code& ec);

  Connection& connection_;
  TimeLimits limits_;
  const TimeoutOptions& timeouts_;
  const ResponseLimits& responseLimits_;
  const ResponseReader::Expect expect_;
  Connection::Unread buffered_ = Connection::Unread::nothing;
  Errc timeoutCode_ = Errc::writeTimeout;
  std::size_t sent_ = 0;
  error_code writeError_;
};

}  // namespace box::inline v0_1
