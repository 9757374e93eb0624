package worker

// Keys of log fields, the same in all of mujaz' programs. Articles, prompts,
// answers and keys are never logged.
const (
	keyJob       = "job"
	keySequence  = "sequence"
	keyLane      = "lane"
	keySource    = "source"
	keyOutcome   = "outcome"
	keyCause     = "cause"
	keyStage     = "stage"
	keyAttempt   = "attempt"
	keyDelivered = "delivered"
	keyDelay     = "delay"
	keyEndpoint  = "endpoint"
	keyModel     = "model"
	keyPrompt    = "prompt"
	keyCalls     = "calls"
	keyTokensIn  = "tokens_in"
	keyTokensOut = "tokens_out"
	keyCost      = "cost"
	keyCached    = "cached"
	keyRepaired  = "repaired"
	keyFailed    = "failed_checks"
	keyQueuedMS  = "queued_ms"
	keyTotalMS   = "total_ms"
	keyTrace     = "trace"
	keyReason    = "reason"
	keyUntil     = "until"
)
