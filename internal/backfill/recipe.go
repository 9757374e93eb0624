package backfill

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// Recipe is what is to be made of every row of a run.
type Recipe struct {
	Task    queue.Task    `json:"task"`
	Options queue.Options `json:"options,omitzero"`
}

// Job is a row's job. Its id is the row's own, or else a digest of the article,
// which stays the same when prompt, model or options change: what is redone
// supersedes what was.
func (r Recipe) Job(row archive.Row) queue.Job {
	job := queue.Job{ID: row.ID, Task: r.Task, Article: row.Article, Options: r.Options, Metadata: row.Metadata}
	if job.ID == "" {
		sum := sha256.Sum256([]byte(queue.Job{Article: row.Article}.Digest()))
		job.ID = "article-" + hex.EncodeToString(sum[:16])
	}
	return job.WithDefaults()
}
