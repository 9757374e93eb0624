package worker

import (
	"errors"
	"fmt"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// Stage is a step of a job's way.
type Stage string

// The stages in order.
const (
	StageDecode     Stage = "decode"
	StageBody       Stage = "body"
	StageClean      Stage = "clean"
	StagePlan       Stage = "plan"
	StageCall       Stage = "call"       // before an LLM call
	StageCheckpoint Stage = "checkpoint" // answered, not yet stored
	StageVerify     Stage = "verify"
	StageRepair     Stage = "repair"
	StagePublish    Stage = "publish" // before the result or dead letter is stored
	StageAck        Stage = "ack"     // stored, not yet acked
)

// Stages lists them.
func Stages() []Stage {
	return []Stage{
		StageDecode, StageBody, StageClean, StagePlan, StageCall, StageCheckpoint,
		StageVerify, StageRepair, StagePublish, StageAck,
	}
}

// StageError is what ended a job's way, and where.
type StageError struct {
	Stage Stage
	// Cause is set when the job is at fault and has no other end than a
	// dead letter.
	Cause queue.Cause
	// Queue is set when NATS is at fault: the job comes again, uncounted.
	Queue bool
	Err   error
}

// Error names the stage and the cause.
func (e *StageError) Error() string { return fmt.Sprintf("%s: %v", e.Stage, e.Err) }

// Unwrap gives the cause.
func (e *StageError) Unwrap() error { return e.Err }

func fatal(stage Stage, cause queue.Cause, err error) error {
	return &StageError{Stage: stage, Cause: cause, Err: err}
}

// failed names the stage of an error that does not have one.
func failed(stage Stage, err error) error {
	if stageOf(err) != "" {
		return err
	}
	return &StageError{Stage: stage, Err: err}
}

func queueFailed(stage Stage, err error) error {
	return &StageError{Stage: stage, Queue: true, Err: err}
}

// stageOf is where err ended a job.
func stageOf(err error) Stage {
	if s, ok := errors.AsType[*StageError](err); ok {
		return s.Stage
	}
	return ""
}

// llmError is the adapter's error within err, if there is one.
func llmError(err error) *llm.Error {
	if e, ok := errors.AsType[*llm.Error](err); ok {
		return e
	}
	return nil
}

var (
	// errShutdown cancels the work that outlasts the grace.
	errShutdown = errors.New("the worker is shutting down")
	// errPaused is a call that was not made, at a gate that is closed.
	errPaused = errors.New("the endpoint is given a pause")
	// errPanic is a defect of ours that a job brought to light.
	errPanic = errors.New("the worker panicked on this job; its log has the stack")
)
