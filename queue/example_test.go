package queue_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/mujaz/mujaz/internal/natsembed" //nolint:depguard // an example has no testing.TB for queuetest
	"github.com/mujaz/mujaz/queue"
)

// A producer submits an article. Its text needs nothing else; an id of the
// producer's own makes repetitions recognisable.
func ExampleProducer() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, conn := exampleServer(ctx)
	defer server.Shutdown()
	defer conn.Close()

	producer := queue.NewProducer(conn)
	job := queue.Job{
		ID:      "al-reem-today/1405",
		Article: queue.Article{Text: "افتتحت بلدية الريم مكتبة عامة تضم عشرين ألف كتاب.", Lang: "ar"},
		Options: queue.Options{Style: queue.StyleBrief},
	}
	for range 2 {
		submitted, err := producer.Submit(ctx, job, queue.Route{Source: "al-reem-today"})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(submitted.Result, submitted.Duplicate)
	}

	job.Article.Text = ""
	_, err := producer.Submit(ctx, job, queue.Route{})
	fmt.Println(err)
	// Output:
	// mujaz.results.live.al-reem-today.4772569493e57b56a3b4b0f9065778a7 false
	// mujaz.results.live.al-reem-today.4772569493e57b56a3b4b0f9065778a7 true
	// invalid job: article: needs one of: text, html, object
}

// A reader goes through the results of one source. Follow would go on with
// new ones.
func ExampleConn_Results() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, conn := exampleServer(ctx)
	defer server.Shutdown()
	defer conn.Close()
	if err := exampleWorker(ctx, conn); err != nil {
		fmt.Println(err)
		return
	}

	err := conn.Results(ctx, queue.ResultFilter{Source: "al-reem-today"}, func(r queue.StoredResult) error {
		fmt.Printf("%s (%s): %s\n", r.Result.JobID, r.Result.Status, r.Result.Summary)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 1405 (ok): Al Reem opened a public library with 20,000 books.
	// <nil>
}

// exampleServer stands for a NATS server of your own.
func exampleServer(ctx context.Context) (*natsembed.Server, *queue.Conn) {
	server, err := natsembed.Start(ctx, natsembed.Config{StoreDir: filepath.Join(exampleDir, fmt.Sprint(time.Now().UnixNano())), MaxStore: 1 << 40})
	if err != nil {
		panic(err)
	}
	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: server.ClientURL()})
	if err != nil {
		panic(err)
	}
	if err := conn.Ensure(ctx); err != nil {
		panic(err)
	}
	return server, conn
}

// exampleWorker does one job.
func exampleWorker(ctx context.Context, conn *queue.Conn) error {
	job := queue.Job{ID: "1405", Article: queue.Article{Text: "افتتحت بلدية الريم مكتبة عامة تضم عشرين ألف كتاب."}}
	if _, err := queue.NewProducer(conn).Submit(ctx, job, queue.Route{Source: "al-reem-today"}); err != nil {
		return err
	}
	fetch, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	err := queue.NewConsumer(conn, queue.ConsumerConfig{}).Run(fetch, ctx, func(ctx context.Context, d *queue.Delivery) {
		defer stop()
		failed = exampleHandle(ctx, conn, d)
	})
	return errors.Join(err, failed)
}

func exampleHandle(ctx context.Context, conn *queue.Conn, d *queue.Delivery) error {
	job, err := queue.DecodeJob(d.Payload)
	if err != nil {
		return err
	}
	payload, err := queue.EncodeResult(queue.Result{
		SchemaVersion: queue.SchemaVersion, ID: job.MsgID(), JobID: job.ID, Revision: job.Revision, Task: job.Task,
		Status: queue.StatusOK, Summary: "Al Reem opened a public library with 20,000 books.", Checks: []queue.Check{},
	})
	if err != nil {
		return err
	}
	if _, err := conn.PublishResult(ctx, d, job, payload, queue.Result{Status: queue.StatusOK}); err != nil {
		return err
	}
	return d.Ack(ctx)
}
