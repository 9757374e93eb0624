package queue

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// signedBytes is what a producer signs: where the job goes and what is in it, a
// line each.
//
//	mujaz-job-1
//	<prefix>
//	<lane>
//	<source>
//	<SHA-256 of the payload, in lower-case hex>
//
// Tokens have no line breaks and the digest has a fixed length, so that no two
// jobs give the same bytes. Prefix, lane and source keep a signed job from being
// played into another deployment, lane or source. The id and the digest of a
// claim check are in the payload; the Nats-Msg-Id and the rest of the subject are
// not signed, for a redrive and a pause change them.
func signedBytes(prefix string, lane Lane, source string, payload []byte) []byte {
	sum := sha256.Sum256(payload)
	return []byte("mujaz-job-1\n" + prefix + "\n" + string(lane) + "\n" + source + "\n" + hex.EncodeToString(sum[:]))
}

// Signer signs jobs with an nkey. It is safe for concurrent use.
type Signer struct {
	pair   nkeys.KeyPair
	public string
}

// NewSigner takes the seed of a user nkey, alone or in the form of a credentials
// file. The error does not quote it.
func NewSigner(seed []byte) (*Signer, error) {
	pair, err := nkeys.ParseDecoratedUserNKey(seed)
	if err != nil {
		return nil, errors.New("not the seed of a user nkey, which begins with SU")
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, errors.New("not the seed of a user nkey, which begins with SU")
	}
	return &Signer{pair: pair, public: public}, nil
}

// ReadSigner is [NewSigner] with the seed in a file.
func ReadSigner(file string) (*Signer, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	signer, err := NewSigner(data)
	if err != nil {
		return nil, fmt.Errorf("read the signing key in %s: %w", file, err)
	}
	return signer, nil
}

// NewSigningKey makes a key: the seed, which is secret, and the public key, which
// workers are told to trust.
func NewSigningKey() (seed []byte, public string, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return nil, "", fmt.Errorf("make a signing key: %w", err)
	}
	if public, err = pair.PublicKey(); err != nil {
		return nil, "", fmt.Errorf("make a signing key: %w", err)
	}
	if seed, err = pair.Seed(); err != nil {
		return nil, "", fmt.Errorf("make a signing key: %w", err)
	}
	return seed, public, nil
}

// Public is the key that workers must trust.
func (s *Signer) Public() string { return s.public }

// sign sets the headers of a job that is ready to go.
func (s *Signer) sign(msg *nats.Msg, prefix string, lane Lane, source string) error {
	signature, err := s.pair.Sign(signedBytes(prefix, lane, source, msg.Data))
	if err != nil {
		return fmt.Errorf("sign the job: %w", err)
	}
	msg.Header.Set(HeaderSigner, s.public)
	msg.Header.Set(HeaderSignature, base64.StdEncoding.EncodeToString(signature))
	return nil
}

// Signature is what a job says of its signer.
type Signature struct{ Signer, Value string }

func signatureOf(h nats.Header) Signature {
	return Signature{Signer: h.Get(HeaderSigner), Value: h.Get(HeaderSignature)}
}

// maxSignature bounds what is carried along: a key has 56 characters, a signature
// 88.
const maxSignature = 128

// set carries a signature on, valid or not: who demands one decides. What is too
// long to be one is left out.
func (s Signature) set(h nats.Header) {
	if s == (Signature{}) || max(len(s.Signer), len(s.Value)) > maxSignature {
		return
	}
	h.Set(HeaderSigner, s.Signer)
	h.Set(HeaderSignature, s.Value)
}

// valid reports whether the signature is by its signer, and of these bytes.
func (s Signature) valid(signed []byte) bool {
	pair, err := nkeys.FromPublicKey(s.Signer)
	if err != nil {
		return false
	}
	value, err := base64.StdEncoding.DecodeString(s.Value)
	return err == nil && pair.Verify(signed, value) == nil
}
