package worker

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"
)

// digestBuffers hold texts on their way into a hash, which takes bytes only.
var digestBuffers = sync.Pool{New: func() any { return new([]byte) }}

// digestOf is the SHA-256 in hex of what fill appends.
func digestOf(fill func([]byte) []byte) string {
	buf, _ := digestBuffers.Get().(*[]byte)
	*buf = fill((*buf)[:0])
	sum := sha256.Sum256(*buf)
	digestBuffers.Put(buf)
	return hex.EncodeToString(sum[:])
}

// appendField prefixes a field with its length, so that no two lists of fields
// give the same bytes.
func appendField(to []byte, field string) []byte {
	return append(binary.LittleEndian.AppendUint64(to, uint64(len(field))), field...)
}
