package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/nats-io/nats.go/jetstream"
)

// claimCheck moves the article's body into the object store. The name holds
// key and content, so that a repetition writes the same object, and the end of
// one job never deletes the body of another.
func (c *Conn) claimCheck(ctx context.Context, job Job) (Job, error) {
	body, field := job.Article.Text, "text"
	if job.Article.HTML != "" {
		body, field = job.Article.HTML, "html"
	}
	digest := sha256Hex(body)
	name := job.Key() + "-" + digest[:16]
	var store jetstream.ObjectStore
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		store, err = c.js.ObjectStore(ctx, c.topo.BodiesBucket())
		return err
	}, "OBJ_"+c.topo.BodiesBucket())
	if err != nil {
		return Job{}, fmt.Errorf("store the article body: %w", bucketError(err))
	}
	err = c.guard(ctx, func(ctx context.Context) error {
		// The name holds the content's digest: what is there already is the
		// same, and a put over it needs the right to remove what it replaces.
		if info, err := store.GetInfo(ctx, name); err == nil && info.Size == uint64(len(body)) {
			return nil
		}
		_, err := store.PutString(ctx, name, body)
		return err
	}, "OBJ_"+c.topo.BodiesBucket(), "$O."+c.topo.BodiesBucket())
	if err != nil {
		return Job{}, fmt.Errorf("store the article body: %w", storeError(err, "the object store",
			"Nothing was lost. Wait until the workers have caught up, or raise --bodies-bytes."))
	}
	job.Article.Text, job.Article.HTML = "", ""
	job.Article.Object = &Object{Name: name, SHA256: digest, Size: int64(len(body)), Field: field}
	return job, nil
}

// Body returns the article with its body inline, fetched from the object store
// if need be. The errors to act on are [ErrBodyMissing], [ErrBodyCorrupt] and
// [ErrTooLarge] (above limit bytes); others are worth another try.
func (c *Conn) Body(ctx context.Context, a Article, limit int64) (Article, error) {
	if a.Object == nil {
		return a, nil
	}
	o := *a.Object
	if o.Size > limit {
		return a, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, o.Size, limit)
	}
	store, err := c.js.ObjectStore(ctx, c.topo.BodiesBucket())
	if err != nil {
		return a, fmt.Errorf("fetch the article body: %w", bucketError(err))
	}
	object, err := store.Get(ctx, o.Name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return a, fmt.Errorf("%w: object %s", ErrBodyMissing, o.Name)
	}
	if err != nil {
		return a, fmt.Errorf("fetch the article body: %w", err)
	}
	defer object.Close()
	// One byte more than stated tells a longer body without reading it all.
	body, err := io.ReadAll(io.LimitReader(object, o.Size+1))
	if errors.Is(err, jetstream.ErrDigestMismatch) {
		return a, fmt.Errorf("%w: object %s", ErrBodyCorrupt, o.Name)
	}
	if err != nil {
		return a, fmt.Errorf("fetch the article body: %w", err)
	}
	if sum := sha256.Sum256(body); int64(len(body)) != o.Size || hex.EncodeToString(sum[:]) != o.SHA256 {
		return a, fmt.Errorf("%w: object %s", ErrBodyCorrupt, o.Name)
	}
	a.Object = nil
	if o.Field == "html" {
		a.HTML = string(body)
	} else {
		a.Text = string(body)
	}
	return a, nil
}

// DeleteBody removes a claim check's body. A body that is gone is no error.
func (c *Conn) DeleteBody(ctx context.Context, o *Object) error {
	if o == nil {
		return nil
	}
	store, err := c.js.ObjectStore(ctx, c.topo.BodiesBucket())
	if err != nil {
		return fmt.Errorf("delete the article body: %w", bucketError(err))
	}
	if err := store.Delete(ctx, o.Name); err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
		return fmt.Errorf("delete the article body: %w", err)
	}
	return nil
}

func bucketError(err error) error {
	if errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
		return ErrNoTopology
	}
	return explainAPI(err)
}
