package collect

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/queue"
)

// JSONLWriter writes a JSON object a line: a result as it is stored (see
// `mujaz schema result`), with the member "input" behind its own where the
// input was read, or the facts of a dead letter with the status "dead".
type JSONLWriter struct{ w *bufio.Writer }

// NewJSONL returns a writer to w.
func NewJSONL(w io.Writer) *JSONLWriter { return &JSONLWriter{bufio.NewWriterSize(w, 64<<10)} }

// deadLine is a dead letter as a record: no text of the article.
type deadLine struct {
	SchemaVersion int          `json:"schema_version"`
	JobID         string       `json:"job_id,omitzero"`
	Key           string       `json:"key"`
	Status        queue.Status `json:"status"`
	Cause         queue.Cause  `json:"cause"`
	Stage         string       `json:"stage"`
	Advice        string       `json:"advice"`
	LastError     string       `json:"last_error,omitzero"`
	Attempts      int          `json:"attempts"`
	Time          time.Time    `json:"time"`
	Letter        uint64       `json:"letter"` // its number, for `mujaz dead show`
	Input         *Input       `json:"input,omitzero"`
}

// Write writes a line.
func (w *JSONLWriter) Write(r Record) error {
	var line []byte
	var err error
	switch d := r.Dead; {
	case d != nil:
		line, err = json.Marshal(deadLine{
			SchemaVersion: queue.SchemaVersion, JobID: d.JobID, Key: d.Key, Status: StatusDead, Cause: d.Cause, Stage: d.Stage, Advice: d.Advice,
			LastError: d.LastError, Attempts: d.Attempts, Time: d.Time, Letter: d.Sequence, Input: r.Input,
		}, jsontext.AllowInvalidUTF8(true))
	default:
		line, err = resultLine(r)
	}
	if err != nil {
		return fmt.Errorf("write record of job %s: %w", queue.Key(r.JobID()), err)
	}
	if _, err := w.w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

// resultLine is the stored result, byte for byte but for white space.
func resultLine(r Record) ([]byte, error) {
	line := jsontext.Value(r.Stored.Payload).Clone()
	if err := line.Compact(); err != nil {
		return nil, err
	}
	if r.Input == nil {
		return line, nil
	}
	input, err := json.Marshal(r.Input)
	if err != nil {
		return nil, err
	}
	// A result is an object with members: behind the last one there is room.
	line = append(line[:len(line)-1], `,"input":`...)
	return append(append(line, input...), '}'), nil
}

// Flush hands on what is buffered.
func (w *JSONLWriter) Flush() error {
	if err := w.w.Flush(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

// Close flushes.
func (w *JSONLWriter) Close() error { return w.Flush() }
