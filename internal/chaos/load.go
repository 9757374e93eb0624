package chaos

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// firstNumber of an article: with six digits none is a year or a count.
const firstNumber = 100_000

// article is invented; n stands in it, so that the endpoint knows the job. No
// two have a paragraph in common.
func article(n int) queue.Article {
	var text strings.Builder
	for i, sentence := range []string{
		"أعلنت هيئة المياه في بلدة عين الصنوبر بدء تجديد شبكة القنوات القديمة، وهي القضية رقم %d في سجل الهيئة.",
		"وقالت المهندسة رنا الحقل إن العمل في الملف %d يسير على مراحل حتى لا تنقطع المياه عن البساتين.",
		"وذكر المزارع سليم الوادي أن أصحاب البساتين تابعوا الملف %d في اجتماعات مفتوحة طوال الموسم الماضي.",
		"وأضاف مدير الهيئة عماد النبع أن نتائج قياس الجودة في الملف %d ستنشر للسكان كل شهر من غير تأخير.",
	} {
		if i > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, sentence, n)
	}
	return queue.Article{Title: "تجديد قنوات المياه في عين الصنوبر", Text: text.String()}
}

// order is a job to be sent.
type order struct {
	n      int // of the article
	id     string
	route  queue.Route
	want   []string
	repeat bool   // sent twice, as a producer does that is not sure
	crash  string // the stage at which a crashing worker dies of it
}

// orders makes n jobs of one source.
func orders(n int, lane queue.Lane, source string, first int) []order {
	out := make([]order, n)
	for i := range out {
		out[i] = order{n: firstNumber + first + i, id: source + "-" + strconv.Itoa(first+i), route: queue.Route{Lane: lane, Source: source}, want: done()}
	}
	return out
}

// senders is how many submissions are under way at once.
const senders = 32

// sendWait bounds one submission. Behind it the outcome is unknown, and the job
// is submitted again under its id.
const sendWait = 20 * time.Second

// produce sends the jobs and returns what was acknowledged. It ends early with
// ctx.
func produce(ctx context.Context, conn *queue.Conn, jobs []order) []Job {
	producer := queue.NewProducer(conn)
	sent := make([]Job, len(jobs))
	var next atomic.Int64
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) || ctx.Err() != nil {
					return
				}
				o := jobs[i]
				sent[i] = Job{ID: o.id, Want: o.want}
				times := 1
				if o.repeat {
					times = 2
				}
				for range times {
					if submit(ctx, producer, o) && sent[i].Acked.IsZero() {
						sent[i].Acked = time.Now()
					}
				}
			}
		})
	}
	group.Wait()
	return sent
}

// submit tries until the queue has the job; false when ctx ended before.
func submit(ctx context.Context, producer *queue.Producer, o order) bool {
	for ctx.Err() == nil {
		attempt, cancel := context.WithTimeout(ctx, sendWait)
		job := queue.Job{ID: o.id, Article: article(o.n)}
		if o.crash != "" {
			job.Metadata = map[string]string{crashKey: o.crash}
		}
		_, err := producer.Submit(attempt, job, o.route)
		cancel()
		if err == nil {
			return true
		}
		pause(ctx, restartWait)
	}
	return false
}

// number is how the endpoint knows the job; see articleNumber.
func number(o order) string { return strconv.Itoa(o.n) }
