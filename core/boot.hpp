// The story of a boot: read the state, verify, decide, move, verify, jump. DESIGN.md has the phase table this follows.
//
// Board gives what is specific to a product:
//   layout()                      its constexpr Layout
//   key_block()                   256 bytes, read in place
//   code_flash, external, data_flash
//                                 devices by offsets: bool read(at, MutableBytes), bool erase(at, bytes) of whole erase
//                                 blocks, bool program(at, Bytes) of whole program units
//   external.open(), close()      bool: the chip is awake, idle and the expected one
//   data_flash.before_erase(n), data_flash.layout()
//                                 as core/journal.hpp wants them
//   feed()                        refreshes a running watchdog
//   pause()                       waits a moment (a tenth of a second or so), feeding the watchdog
//   ram_record()                  where to leave the RAM record
//   reset()                       never returns
//   recover(Reason)               the port's hook for a device with nothing to run; may return
//   start(address)                hands over to the vector table there; never returns
#pragma once

#include "core/ram_record.hpp"
#include "core/verify.hpp"

namespace outboot::core {

inline constexpr std::uint8_t trial_attempts = 3;
inline constexpr std::uint8_t looking_limit = 3;
inline constexpr std::uint8_t nothing_valid_limit = 8; // resets in a row before the device only waits
inline constexpr int chip_retries = 3;                 // of a move, with the chip opened anew each time
inline constexpr int turn_round_after = 24;            // of a move with a chip that answers but can't be read

template <class Crypto, class Board>
class Boot {
  public:
    explicit Boot(Board& board) : journal_(board.data_flash), board_(board), verifier_(board) {}

    // Never returns: ends in the application, in a reset, or waits.
    [[gnu::noinline]] void run() {
        board_.feed();
        begin_ram_record();
        if (!keys().template valid<typename Crypto::Sha256>()) nothing_valid(Reason::no_keys);
        journal_found_ = journal_.load();
        ram().journal_lost = journal_found_ ? 0 : 1;
        ram().state = state();
        read_record();
        if (journal_found_ && !journal_.settled()) {
            edit();
            // A move may only follow from what is settled; an image may run all the same.
            const bool must = phase() == Phase::moving || phase() == Phase::restoring;
            while (!commit() && must) board_.pause();
        }
        for (;;) {
            switch (phase()) {
            case Phase::moving:
            case Phase::restoring:
                finish(carry_out());
                break;
            case Phase::on_trial:
                on_trial();
                break;
            default:
                idle();
                break;
            }
        }
    }

  private:
    enum class Backup : std::uint8_t { good, bad, silent };

    struct MoveKeys {
        PayloadKey incoming;
        PayloadKey outgoing;
    };

    // ---- phases ----------------------------------------------------------------------------------------------------

    void idle() {
        const bool record_lost = state().phase != Phase::idle;
        look_at_primary(record_lost);
        if (primary_.runnable() && record_lost) forget_update();
        if (state().request != Request::none && consider_request()) return;
        if (primary_.runnable()) run_application();
        if (primary_.broken() && record_.outgoing.counter >= state().counter_floor && backup() == Backup::good) {
            return restore(Reason::primary_failed);
        }
        nothing_valid(primary_.reason);
    }

    // Moving or restoring: goes on with the move the journal names. Returns the reason why it can't. Not inlined: its
    // keys and cipher must not stand on the stack while images are verified.
    [[gnu::noinline]] Reason carry_out() {
        const bool incoming = state().phase == Phase::moving;
        const PlanInput plan{incoming ? record_.plan : Plan::restore, record_.incoming.total_bytes,
                             record_.outgoing.total_bytes, state().restore_chunks};
        const std::uint32_t count = move_count(board_.layout(), plan);
        MoveKeys move_keys;
        derive_way_out(move_keys.outgoing);
        // It unwrapped when the image was accepted, and the bytes are the same.
        if (incoming && record_.incoming_encrypted != 0 &&
            !move_keys.incoming.template unwrap<Crypto>(keys(), record_.wrapped_key)) {
            nothing_valid(Reason::internal_error);
        }
        // No move is repeated on the word of an earlier session: a progress mark that was cut may read invalid now and
        // valid later, when the repetition has begun to destroy what it vouches for.
        if (state().move < count && !journal_.written()) {
            edit();
            insist();
        }
        for (std::uint32_t n = state().move; n < count; ++n) {
            const Reason trouble = persist(plan, n, move_keys);
            if (trouble != Reason::none) return trouble;
            if (!journal_.advance()) {
                ++edit().move;
                insist();
            }
            ram().state.move = state().move;
        }
        return Reason::none;
    }

    void finish(Reason trouble) {
        if (trouble != Reason::none) return give_up(trouble);
        state().phase == Phase::moving ? finish_moving() : finish_restoring();
    }

    void on_trial() {
        if ((state().flags & flag_confirmed) != 0) return accept_trial();
        const bool backup_lost = (state().flags & flag_backup_lost) != 0;
        if (state().request != Request::none && !backup_lost) drop_request();
        look_at_primary(false);
        if (!primary_.runnable()) {
            if (backup() == Backup::good) return restore(Reason::primary_failed);
            nothing_valid(primary_.reason);
        }
        if (state().attempts != 0) {
            --edit().attempts;
            (void)commit(); // if it can't be written the trial runs all the same
            run_application();
        }
        if (state().request != Request::none && consider_request()) return;
        end_trial(backup_lost);
    }

    // ---- an update begins ------------------------------------------------------------------------------------------

    // Looks at the staged image. True: the state has become `moving`.
    bool consider_request() {
        if (state().looking >= looking_limit) return refuse(Reason::looking_limit);
        State& next = edit();
        ++next.looking; // a parser that hangs must not hang the device for ever
        next.counter_floor = floor();
        if (!commit()) return false;
        Finding staged;
        const bool found = check_staged(staged, record_.incoming);
        const Reason refusal = found ? judge_request(staged) : Reason::none;
        if (found && refusal == Reason::none && begin(staged)) return true;
        read_record();                                     // that of the backup: the new one came to nothing
        return refusal != Reason::none && refuse(refusal); // chip silent: the request stays, the look counts
    }

    [[nodiscard]] Reason judge_request(const Finding& staged) const {
        if (!staged.runnable()) return staged.reason;
        const bool plan_reverts = board_.layout().plan != Plan::overwrite;
        if (!primary_.runnable()) {
            return board_.layout().overwrite_broken_primary ? Reason::none : Reason::primary_failed;
        }
        if (!plan_reverts) return state().request == Request::test ? Reason::test_not_revertible : Reason::none;
        return primary_facts_.total_bytes > board_.layout().secondary.size ? Reason::no_room_for_backup : Reason::none;
    }

    bool begin(const Finding& staged) {
        // Only what verified is ever copied out, so without a good primary there is no way back.
        const bool revertible = primary_.runnable() && board_.layout().plan != Plan::overwrite;
        record_.magic = BeginRecord::expected_magic;
        copy_fingerprint(board_.layout(), record_.fingerprint);
        record_.plan = revertible ? board_.layout().plan : Plan::overwrite;
        record_.request = state().request;
        record_.incoming_encrypted = staged.encrypted ? 1 : 0;
        record_.outgoing_on_trial = state().phase == Phase::on_trial ? 1 : 0;
        record_.outgoing = primary_facts_;
        if (!revertible) record_.outgoing.total_bytes = 0; // no such image
        record_.wrapped_key = verifier_.wrapped_key();

        const std::uint8_t looking = state().looking;
        State& next = turn_to(Phase::moving, state().outcome, Reason::none);
        next.looking = looking;
        has_record_ = journal_.write_record(record_, next) && commit();
        return has_record_ || note(Reason::journal_failed);
    }

    bool refuse(Reason reason) {
        const std::uint8_t flags = state().flags;
        turn_to(state().phase, Outcome::refused, reason).flags = flags;
        (void)commit();
        return note(reason);
    }

    // ---- an update goes wrong, or ends -----------------------------------------------------------------------------

    // Before the primary was touched an update is simply given up. Afterwards the engine turns round and restores the
    // chunks that were replaced, and no others: those have no backup and need none.
    void give_up(Reason trouble) {
        const std::uint32_t move = state().move;
        if (move >= first_primary_move(board_.layout(), record_.plan)) {
            const std::uint32_t chunks = chunks_touched(board_.layout(), record_.plan, move);
            // What can't be read at one place may be readable at another. If not, there is no way but to go on trying.
            if (trouble == Reason::chip_read_failed && backup(chunks) != Backup::good) return;
            return restore(chunks, trouble);
        }
        const std::uint8_t looking = state().looking;
        const bool on_trial = record_.outgoing_on_trial != 0;
        State& next = turn_to(on_trial ? Phase::on_trial : Phase::idle, Outcome::abandoned, trouble);
        if (on_trial) next.flags = flag_backup_lost;
        if (trouble == Reason::chip_missing) { // tried again, as long as looks are left
            next.request = record_.request;
            next.looking = looking;
        }
        insist();
    }

    [[gnu::noinline]] void restore(Reason reason) { restore(all_chunks(), reason); }

    [[gnu::noinline]] void restore(std::uint32_t chunks, Reason reason) {
        turn_to(Phase::restoring, state().outcome, reason).restore_chunks = static_cast<std::uint16_t>(chunks);
        insist();
    }

    void finish_moving() {
        if (primary_is(record_.incoming)) {
            if (record_.request == Request::test) {
                turn_to(Phase::on_trial, Outcome::on_trial, Reason::none).attempts = trial_attempts;
            } else {
                install();
            }
            return settle_down();
        }
        if (record_.plan != Plan::overwrite) return restore(Reason::primary_changed);
        board_.pause();
        Finding staged;
        ImageFacts facts;
        if (!check_staged(staged, facts)) return; // looked at again, until the chip answers
        if (staged.broken() || !same_image(facts, record_.incoming)) nothing_valid(Reason::primary_changed);
        start_over();
    }

    void finish_restoring() {
        if (primary_is(record_.outgoing)) {
            turn_to(Phase::idle, Outcome::reverted, state().reason);
            return settle_down();
        }
        board_.pause();
        const Backup found = backup(state().restore_chunks);
        if (found == Backup::silent) return; // looked at again, until the chip answers
        if (found == Backup::bad) nothing_valid(Reason::backup_lost);
        start_over();
    }

    void start_over() {
        edit().move = 0;
        insist();
    }

    void install() {
        State& next = turn_to(Phase::idle, Outcome::installed, Reason::none);
        next.counter_floor = std::max(next.counter_floor, record_.incoming.counter);
    }

    // The primary has just been verified. If the journal can't be written any more it still runs.
    void settle_down() {
        if (!commit()) run_application();
    }

    void accept_trial() {
        const Request request = state().request;
        install();
        draft_.request = request; // made after the confirmation
        if (commit()) return;
        check_primary();
        if (primary_.runnable()) run_application();
        nothing_valid(primary_.reason);
    }

    void drop_request() {
        State& next = edit();
        next.request = Request::none;
        next.looking = 0;
        next.reason = Reason::request_on_trial;
        (void)commit();
    }

    void end_trial(bool backup_lost) {
        Reason reason = Reason::backup_lost;
        if (!backup_lost) {
            const Backup found = backup();
            if (found == Backup::good) return restore(Reason::not_confirmed);
            if (found == Backup::silent) {
                reason = Reason::chip_missing;
            } else {
                State& next = edit();
                next.flags |= flag_backup_lost;
                next.reason = reason;
                (void)commit();
            }
        }
        (void)note(reason);
        run_application(); // authentic, and all there is
    }

    // The begin-record of an update is gone for good and the primary is whole: what runs now stays.
    void forget_update() {
        turn_to(Phase::idle, state().outcome, Reason::journal_failed).record = 0;
        (void)commit();
    }

    // ---- moves -----------------------------------------------------------------------------------------------------

    // Executes move n until it is done. Gives up, with the reason, only where another way is open.
    Reason persist(const PlanInput& plan, std::uint32_t n, const MoveKeys& move_keys) {
        const Move move = move_at(board_.layout(), plan, n);
        const bool may_give_up = moves_per_chunk(board_.layout(), plan.plan) > 1; // offset and scratch
        for (int tries = 1;; ++tries) {
            const Reason trouble = try_move(move, move_keys);
            if (trouble == Reason::none) return trouble;
            (void)note(trouble);
            if (may_give_up && tries >= chip_retries) {
                if (!open_chip()) {
                    if (n < first_primary_move(board_.layout(), plan.plan)) return Reason::chip_missing;
                } else if (trouble == Reason::chip_write_failed ||
                           (trouble == Reason::chip_read_failed && tries >= turn_round_after)) {
                    return trouble;
                }
            }
            board_.pause();
        }
    }

    Reason try_move(const Move& move, const MoveKeys& move_keys) {
        const bool incoming = move.carries == Carries::incoming;
        primary_checked_ = false;
        primary_.verdict.reject();
        if (!open_chip()) return Reason::chip_missing;
        return verifier_.areas.execute(move, incoming ? record_.incoming : record_.outgoing,
                                       incoming ? move_keys.incoming : move_keys.outgoing);
    }

    [[nodiscard]] std::uint32_t all_chunks() const {
        return chunks_below(board_.layout(), std::max(record_.incoming.total_bytes, record_.outgoing.total_bytes));
    }

    void derive_way_out(PayloadKey& key) { key.template derive<Crypto>(keys(), record_.outgoing); }

    // ---- looking at images -----------------------------------------------------------------------------------------

    void check_primary() {
        if (primary_checked_) return;
        primary_checked_ = true;
        verifier_.check(Place::primary, state().counter_floor, primary_, primary_facts_);
    }

    // False: the chip is silent.
    bool check_staged(Finding& staged, ImageFacts& facts) {
        if (!open_chip()) return false;
        verifier_.check(Place::staged, floor(), staged, facts);
        return !staged.read_failed() || note(Reason::chip_read_failed);
    }

    // Nothing below the highest confirmed counter runs; without a journal the confirmed primary says what that is.
    [[nodiscard]] std::uint32_t floor() const {
        const bool confirmed = state().phase == Phase::idle && primary_checked_ && !primary_.broken();
        return std::max(state().counter_floor, confirmed ? primary_facts_.counter : 0);
    }

    // The bytes that were verified before the move, and they verify again where they are.
    bool primary_is(const ImageFacts& expected) {
        check_primary();
        return primary_.runnable() && same_image(primary_facts_, expected);
    }

    static bool same_image(const ImageFacts& a, const ImageFacts& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

    // Is the old image whole? Its top `chunks` stand in the backup, the rest is still in the primary slot.
    [[gnu::noinline]] Backup backup() { return backup(all_chunks()); }

    [[gnu::noinline]] Backup backup(std::uint32_t chunks) {
        const ImageFacts& image = record_.outgoing;
        if (image.total_bytes == 0 || chunks == 0) return Backup::bad;
        if (!open_chip()) return Backup::silent;
        PayloadKey key;
        derive_way_out(key);
        const PayloadCipher<Crypto> cipher(key, image);
        const std::uint32_t end = std::max(record_.incoming.total_bytes, image.total_bytes);
        const std::uint32_t border = chunk_from_top(board_.layout(), end, chunks - 1).offset;
        const std::uint32_t signed_bytes = image.signed_bytes();
        const Backup found = compare(0, signed_bytes, border, cipher, image.hash);
        return found == Backup::good ? compare(signed_bytes, image.total_bytes, border, cipher, image.tlv_digest)
                                     : found;
    }

    // Hashes [from, to) of the old image: below `border` from the primary slot, the rest from the backup.
    Backup compare(std::uint32_t from, std::uint32_t to, std::uint32_t border, const PayloadCipher<Crypto>& cipher,
                   const std::array<std::uint8_t, 32>& expected) {
        typename Crypto::Sha256 sha;
        std::array<std::uint8_t, 32> digest;
        (void)verifier_.areas.hash(sha, Area::primary, 0, from, std::min(to, border), cipher);
        if (!verifier_.areas.hash(sha, Area::external, backup_base(board_.layout()), std::max(from, border), to,
                                  cipher)) {
            return Backup::silent;
        }
        sha.finish(digest);
        return digest == expected ? Backup::good : Backup::bad;
    }

    // ---- the journal -----------------------------------------------------------------------------------------------

    [[nodiscard]] const State& state() const { return journal_.state(); }
    [[nodiscard]] Keys keys() const { return Keys(board_.key_block()); }

    // A move whose begin-record is gone can't be continued: then the device is as good as its primary slot.
    [[nodiscard]] Phase phase() const { return has_record_ ? state().phase : Phase::idle; }

    // The next state: as now, to be changed and committed.
    [[gnu::noinline]] State& edit() { return draft_ = state(); }

    // The next state: all that belongs to one update is forgotten; what stays is the counter and the backup's record.
    [[gnu::noinline]] State& turn_to(Phase phase, Outcome outcome, Reason reason) {
        const State& now = state();
        draft_ = {.counter_floor = now.counter_floor,
                  .phase = phase,
                  .outcome = outcome,
                  .reason = reason,
                  .record = now.record,
                  .record_check = now.record_check};
        return draft_;
    }

    bool commit() {
        const bool written = journal_.write(draft_);
        ram().state = state();
        return written || note(Reason::journal_failed);
    }

    // For states that something irreversible follows: waits rather than going on without them.
    void insist() {
        while (!commit()) board_.pause();
    }

    void read_record() {
        has_record_ = journal_.read_record(state(), record_) && plausible(record_);
        if (!has_record_) std::memset(&record_, 0, sizeof record_);
    }

    // Every field that will be used as a size or a choice is held against the layout.
    [[nodiscard]] bool plausible(const BeginRecord& record) const {
        const bool plan = record.plan == board_.layout().plan || record.plan == Plan::overwrite;
        return plan && plausible(record.incoming) && (record.outgoing.total_bytes == 0 || plausible(record.outgoing));
    }

    [[nodiscard]] bool plausible(const ImageFacts& image) const {
        const std::uint32_t slot = board_.layout().primary.size;
        return image.payload_bytes < slot && image.signed_bytes() < image.total_bytes && image.total_bytes <= slot;
    }

    // What fails once is looked at again after a reset: a passing fault must not cost an image. A journal that couldn't
    // be read isn't written over for it: it may come back.
    void look_at_primary(bool record_lost) {
        check_primary();
        const bool suspect = (state().flags & flag_suspect) != 0;
        const bool fails = primary_.broken() || record_lost;
        if (fails == suspect || (fails && !journal_found_)) return;
        edit().flags ^= flag_suspect;
        if (commit() && fails) board_.reset();
    }

    // ---- ends of the story -----------------------------------------------------------------------------------------

    void run_application() {
        ram().running = primary_.version;
        ram().application_runs = 1;
        ram().nothing_valid_boots = 0;
        close_chip();
        if (!primary_checked_ || !primary_.runnable()) board_.reset();
        if (primary_.broken()) board_.reset(); // asked twice: one skipped branch must not do
        board_.start(board_.layout().code_flash_address + board_.layout().primary.base + board_.layout().header_size);
    }

    // Says why, offers the port's way out, tries again a few times, then only waits.
    void nothing_valid(Reason reason) {
        (void)note(reason);
        if (journal_found_ && (state().outcome != Outcome::nothing_valid || state().reason != reason)) {
            State& next = edit();
            next.outcome = Outcome::nothing_valid;
            next.reason = reason;
            (void)commit();
        }
        close_chip();
        board_.recover(reason);
        const bool again = ram().nothing_valid_boots < nothing_valid_limit;
        if (again) ++ram().nothing_valid_boots;
        do { // NOLINT(bugprone-infinite-loop): that is what it is for
            for (int i = 0; i < 10; ++i) board_.pause();
        } while (!again);
        board_.reset();
    }

    void begin_ram_record() {
        const bool survived = ram().magic == RamRecord::expected_magic && ram().version == RamRecord::expected_version;
        const std::uint8_t boots = survived ? ram().nothing_valid_boots : std::uint8_t{0};
        ram() = {};
        ram().nothing_valid_boots = boots;
        copy_fingerprint(board_.layout(), ram().fingerprint);
    }

    RamRecord& ram() { return board_.ram_record(); }

    // The RAM record says it at once. Returns false, so that a refusal reads `return note(…)`.
    [[gnu::noinline]] bool note(Reason reason) {
        ram().boot_reason = reason;
        return false;
    }

    // Always anew: a chip that was away for a moment may be in any state.
    bool open_chip() {
        close_chip();
        chip_open_ = board_.external.open();
        return chip_open_ || note(Reason::chip_missing);
    }

    void close_chip() {
        if (chip_open_) board_.external.close();
        chip_open_ = false;
    }

    // What is used most comes first: short offsets make short instructions.
    bool journal_found_ = false;
    bool has_record_ = false;
    bool primary_checked_ = false;
    bool chip_open_ = false;
    State draft_;
    Journal<typename Crypto::Sha256, decltype(Board::data_flash)> journal_;
    Board& board_;
    Finding primary_;
    Verifier<Crypto, Board> verifier_;
    ImageFacts primary_facts_;
    BeginRecord record_;
};

} // namespace outboot::core
