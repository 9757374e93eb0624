package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// attempt is one delivery's way to its end.
type attempt struct {
	w     *Worker
	d     *queue.Delivery
	start time.Time
	past  queue.Attempts
	kept  bool // past is in the ledger
	job   queue.Job
}

// errSettled: the job's result is stored already.
var errSettled = errors.New("the result is stored already")

// outcome is how a delivery ended, as metrics and logs name it. Results are
// named by their status.
type outcome string

const (
	outcomeDead       outcome = "dead"
	outcomeDuplicate  outcome = "duplicate"   // its result was there already
	outcomeRetry      outcome = "retry"       // comes again, an attempt counted
	outcomeHandedBack outcome = "handed_back" // comes again, none counted
	outcomeLost       outcome = "lost"        // the lease; another delivery decides
)

// ending is what is to be done with a delivery.
type ending struct {
	outcome outcome
	cause   queue.Cause   // of a dead letter
	delay   time.Duration // until it comes again
}

// decide is the one place where a job's failure becomes what is done with it.
func (a *attempt) decide(err error) ending {
	var stage *StageError
	class := llm.Classify(err)
	switch {
	case !a.d.Leased():
		return ending{outcome: outcomeLost}
	case errors.Is(err, errSettled):
		return ending{outcome: outcomeDuplicate}
	case errors.As(err, &stage) && stage.Cause != "":
		return ending{outcome: outcomeDead, cause: stage.Cause}
	case overBudget(err) != nil:
		return a.w.pipeline.budgets.ending(err)
	case errors.Is(err, errOriginalPending):
		return ending{outcome: outcomeHandedBack, delay: copyWait(a.d.Lane, a.d.Delivered)}
	case errors.Is(err, errShutdown), class == llm.ClassCanceled:
		return ending{outcome: outcomeHandedBack}
	case stage != nil && stage.Queue:
		return ending{outcome: outcomeHandedBack, delay: backoffFirst}
	case closes(class):
		return ending{outcome: outcomeHandedBack, delay: a.untilOpen()}
	case class == llm.ClassTruncated:
		return ending{outcome: outcomeDead, cause: queue.CauseTruncated}
	case class == llm.ClassContextTooLong:
		return ending{outcome: outcomeDead, cause: queue.CauseContextTooLong}
	case class == llm.ClassRefused:
		return ending{outcome: outcomeDead, cause: queue.CauseRefused}
	case class == llm.ClassInvalidOutput:
		return ending{outcome: outcomeDead, cause: queue.CauseInvalidOutput}
	case a.past.Failed+1 >= a.w.cfg.Attempts:
		return ending{outcome: outcomeDead, cause: queue.CauseAttemptsExhausted}
	default:
		return ending{outcome: outcomeRetry, delay: backoff(a.past.Failed)}
	}
}

// backoff before the next attempt, with jitter, so that jobs that failed
// together do not come again together.
func backoff(failed int) time.Duration {
	wait := min(backoffLongest, backoffFirst<<min(failed, 16))
	return wait/2 + rand.N(wait/2+1)
}

const (
	backoffFirst   = 15 * time.Second
	backoffLongest = 10 * time.Minute
)

// untilOpen is when the endpoint is worth another try.
func (a *attempt) untilOpen() time.Duration {
	wait := max(time.Until(a.w.chain.status().Until), backoffFirst)
	return min(wait, backoffLongest) + rand.N(backoffFirst)
}

// again reports that this is not the first attempt, as far as that is known.
func (a *attempt) again() bool { return a.d.Delivered > 1 || a.past.Started > 0 }

// begin reads the attempts so far. It returns false when the delivery has
// ended here: its job is poison, or the ledger cannot be read.
func (a *attempt) begin(ctx context.Context) bool {
	if a.d.First() {
		return true
	}
	past, err := a.w.ledger.Attempts(ctx, a.d)
	if err != nil {
		a.conclude(ctx, queue.Result{}, queueFailed(StageDecode, err))
		return false
	}
	a.kept = past != queue.Attempts{}
	if past.Started == 0 && a.d.Delivered > 1 {
		// Delivered before, and nobody concluded it: every way back to the
		// queue leaves a record.
		past.Started = 1
	}
	a.past = past
	if past.Crashes() >= poisonCrashes {
		// It may have its result, from a delivery that did not live to ack.
		if job, err := queue.DecodeJob(a.d.Payload); err == nil {
			a.job = job.WithDefaults()
			if err := a.settled(ctx); err != nil {
				a.conclude(ctx, queue.Result{}, err)
				return false
			}
		}
		a.conclude(ctx, queue.Result{}, fatal(StageDecode, queue.CausePoison, errors.New("its deliveries ended without a word, the last ones alone in their worker")))
		return false
	}
	return true
}

// started enters a further delivery as started. It comes when the job has its
// slots: one that waits to run alone dies of another that does, and is not to
// blame. It returns false when the delivery has ended here.
func (a *attempt) started(ctx context.Context) bool {
	if !a.again() && !a.d.OutOfTurn {
		return true
	}
	next := a.past
	next.Started++
	if err := a.w.ledger.PutAttempts(ctx, a.d, next); err != nil {
		a.conclude(ctx, queue.Result{}, queueFailed(StageDecode, err))
		return false
	}
	a.kept = true
	return true
}

// conclude carries out the ending, and writes the attempt's one log line.
func (a *attempt) conclude(ctx context.Context, result queue.Result, err error) {
	var end ending
	if err == nil {
		end, err = a.publish(ctx, &result)
	} else {
		end, err = a.carryOut(ctx, a.decide(err), err)
	}
	a.w.pipeline.budgets.forget(ctx, a.d, end.outcome)
	a.report(end, result, err)
}

// carryOut does what was decided, and returns what it came to.
func (a *attempt) carryOut(ctx context.Context, end ending, err error) (ending, error) {
	switch end.outcome {
	case outcomeLost:
		a.outlive(ctx)
		a.d.Abandon()
	case outcomeDuplicate:
		a.ack(ctx, false)
		err = nil
	case outcomeDead:
		return a.bury(ctx, end, err)
	case outcomeRetry, outcomeHandedBack:
		a.comeBack(ctx, end, err)
	}
	return end, err
}

// publish stores the result and acks. It returns the ending that it came to.
func (a *attempt) publish(ctx context.Context, result *queue.Result) (ending, error) {
	finish(result, a.past.Failed+1)
	payload, err := queue.EncodeResult(*result)
	if err != nil {
		return a.bury(ctx, ending{outcome: outcomeDead, cause: queue.CauseInternal}, failed(StagePublish, err))
	}
	a.w.pipeline.stage(StagePublish, a.d)
	var published queue.Published
	err = a.w.stores.persist(ctx, storeResults, func(ctx context.Context) (err error) {
		if !a.d.Leased() {
			return queue.ErrLeaseLost
		}
		published, err = a.w.cfg.Queue.PublishResult(ctx, a.d, a.job, payload, *result)
		a.w.stored(&a.w.resultsFull, err)
		return err
	})
	switch {
	case err == nil && !published.Duplicate:
		a.w.pipeline.stage(StageAck, a.d)
		a.reply(payload)
		a.ack(ctx, false)
		return ending{outcome: outcome(result.Status)}, nil
	case err == nil, errors.Is(err, queue.ErrResultExists):
		return a.carryOut(ctx, ending{outcome: outcomeDuplicate}, nil)
	case errors.Is(err, queue.ErrConflict):
		return a.bury(ctx, ending{outcome: outcomeDead, cause: queue.CauseConflict}, failed(StagePublish, err))
	case errors.Is(err, queue.ErrTooLarge):
		return a.bury(ctx, ending{outcome: outcomeDead, cause: queue.CauseTooLarge}, failed(StagePublish, err))
	case errors.Is(err, queue.ErrLeaseLost):
		return a.carryOut(ctx, ending{outcome: outcomeLost}, err)
	}
	// The queue's fault, not the job's. The answer is in the ledger, so that
	// coming again costs nothing but the time.
	err = queueFailed(StagePublish, err)
	return a.carryOut(ctx, a.decide(err), err)
}

// bury stores the dead letter, then acks.
func (a *attempt) bury(ctx context.Context, end ending, cause error) (ending, error) {
	a.w.pipeline.stage(StagePublish, a.d)
	letter := queue.DeadLetter{
		Cause: end.cause, Stage: string(stageOf(cause)), Attempts: a.past.Failed + 1, LastError: cause.Error(),
		FirstError: a.past.FirstError, Worker: a.w.cfg.Name, Time: time.Now().UTC(),
	}
	if letter.FirstError == "" {
		letter.FirstError = letter.LastError
	}
	if a.job.ID != "" {
		letter.JobID, letter.Key = a.job.ID, a.job.Key()
	}
	err := a.w.stores.persist(ctx, storeDead, func(ctx context.Context) error {
		if !a.d.Leased() {
			return queue.ErrLeaseLost
		}
		err := a.w.cfg.Queue.PublishDead(ctx, a.d, letter)
		a.w.stored(&a.w.deadFull, err)
		return err
	})
	switch {
	case errors.Is(err, queue.ErrLeaseLost):
		return a.carryOut(ctx, ending{outcome: outcomeLost}, errors.Join(cause, err))
	case err != nil:
		return a.carryOut(ctx, ending{outcome: outcomeHandedBack, delay: backoffFirst}, errors.Join(cause, err))
	}
	a.w.pipeline.stage(StageAck, a.d)
	a.ack(ctx, true)
	return end, cause
}

// ack ends the delivery once its outcome is stored. If it fails, the job comes
// again and its outcome is found then. A dead letter keeps the job's claim
// check, for a redrive.
func (a *attempt) ack(ctx context.Context, keepBody bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), persistFor)
	defer cancel()
	if err := a.d.Ack(ctx); err != nil {
		a.w.log.Warn("not acked; it will be recognised when it comes again", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
		return
	}
	// The rest is housekeeping: what stays behind ages out.
	if a.kept {
		if err := a.w.ledger.DropAttempts(ctx, a.d); err != nil {
			a.w.log.Debug("attempts not dropped", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
		}
	}
	if object := a.job.Article.Object; object != nil && !keepBody {
		if err := a.w.cfg.Queue.DeleteBody(ctx, object); err != nil {
			a.w.log.Debug("body not deleted", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
		}
	}
}

// comeBack hands the delivery back, after a note that it was concluded: what
// comes again without one died with its worker.
func (a *attempt) comeBack(ctx context.Context, end ending, err error) {
	next := a.past
	next.Started++
	next.Concluded++
	if end.outcome == outcomeRetry {
		next.Failed++
		if next.FirstError == "" {
			next.FirstError = err.Error()
		}
		next.LastError = err.Error()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), comeBackFor)
	defer cancel()
	if err := a.w.ledger.PutAttempts(ctx, a.d, next); err != nil {
		a.w.log.Warn("attempt not recorded", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
	if err := a.d.HandBack(ctx, end.delay); err != nil {
		a.w.log.Warn("not handed back; it comes again when its lease runs out", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
		a.d.Abandon()
	}
}

// outlive notes that an attempt whose lease was lost did not die with its worker:
// an outage of the server is no crash of the job.
func (a *attempt) outlive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outliveFor)
	defer cancel()
	if err := a.w.ledger.Conclude(ctx, a.d); err != nil {
		a.w.log.Warn("the attempt will count as a crash of its worker", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
}

// outliveFor outlasts a restart of the server, which is why most leases are lost.
const outliveFor = 20 * time.Second

// comeBackFor keeps a shutdown short; a lease that runs out does the same later.
const comeBackFor = 5 * time.Second

// reply sends a copy to the job's reply subject. The result is stored, so
// nothing depends on it.
func (a *attempt) reply(payload []byte) {
	if a.job.ReplyTo == "" {
		return
	}
	if err := a.w.cfg.Queue.Reply(a.job.ReplyTo, payload); err != nil {
		a.w.log.Debug("reply not sent", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
}

// report counts and logs how the delivery ended: one line an attempt.
func (a *attempt) report(end ending, r queue.Result, err error) {
	m, took := a.w.metrics, time.Since(a.start)
	m.jobs.WithLabelValues(string(a.d.Lane), string(end.outcome)).Inc()
	m.jobTime.WithLabelValues(string(a.d.Lane)).Observe(took.Seconds())
	m.usage(r.Usage)
	published := end.outcome == outcome(queue.StatusOK) || end.outcome == outcome(queue.StatusFlagged)
	failedChecks := 0
	for _, c := range r.Checks {
		if published {
			m.checks.WithLabelValues(c.Check, string(c.Verdict)).Inc()
		}
		if c.Verdict == queue.VerdictFail {
			failedChecks++
		}
	}
	if end.outcome == outcomeDead {
		m.dead.WithLabelValues(string(end.cause)).Inc()
	}

	level := zap.InfoLevel
	if end.outcome == outcomeDead || end.outcome == outcomeRetry || end.outcome == outcomeLost {
		level = zap.WarnLevel
	}
	line := a.w.log.Check(level, "attempt")
	if line == nil {
		return
	}
	fields := []zap.Field{
		zap.String(keyOutcome, string(end.outcome)), zap.String(keyJob, a.job.ID), zap.Uint64(keySequence, a.d.Sequence),
		zap.String(keyLane, string(a.d.Lane)), zap.String(keySource, a.d.Source),
		zap.Int(keyAttempt, a.past.Failed+1), zap.Int(keyDelivered, a.d.Delivered),
		zap.Int64(keyQueuedMS, r.Timing.QueuedMS), zap.Int64(keyTotalMS, took.Milliseconds()),
	}
	if r.Receipt.Prompt != "" {
		fields = append(
			fields, zap.String(keyModel, r.Receipt.Model), zap.String(keyPrompt, r.Receipt.Prompt), zap.Int(keyCalls, r.Usage.Calls),
			zap.Int(keyTokensIn, r.Usage.TokensIn), zap.Int(keyTokensOut, r.Usage.TokensOut), zap.Float64(keyCost, r.Usage.Cost),
			zap.Bool(keyCached, r.Receipt.Cached), zap.Bool(keyRepaired, r.Receipt.Repaired), zap.Int(keyFailed, failedChecks),
		)
	}
	if err != nil {
		fields = append(fields, zap.String(keyStage, string(stageOf(err))), zap.Error(err))
	}
	if end.cause != "" {
		fields = append(fields, zap.String(keyCause, string(end.cause)))
	}
	if end.delay > 0 {
		fields = append(fields, zap.Duration(keyDelay, end.delay))
	}
	if trace := a.d.Trace().Parent; trace != "" {
		fields = append(fields, zap.String(keyTrace, trace))
	}
	line.Write(fields...)
}
