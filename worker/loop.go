package worker

import (
	"compress/flate"
	"io"
)

// loops reports whether the end of an answer that was cut off repeats itself, as
// models do that have lost their way: more room would only be filled with more
// of the same. Text compresses two or three times, a list of names four times,
// a loop of whole paragraphs more than ten.
func loops(answer string) bool {
	const tail, ratio = 4000, 8
	if len(answer) < tail/4 {
		return false
	}
	answer = answer[max(0, len(answer)-tail):]
	var size countingWriter
	w, err := flate.NewWriter(&size, flate.BestSpeed)
	if err != nil {
		return false
	}
	// A counter does not fail.
	_, _ = io.WriteString(w, answer)
	_ = w.Close()
	return int(size)*ratio < len(answer)
}

type countingWriter int

func (c *countingWriter) Write(p []byte) (int, error) {
	*c += countingWriter(len(p))
	return len(p), nil
}

// outOfLoop is the temperature at which a question is asked again whose answer
// looped. At 0 the answer would be the same; at 0.5 a small model that looped on
// a long article at 0 came to an end.
const outOfLoop = 0.5
