package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

const (
	// batchWindow is the only one that OpenAI offers.
	batchWindow = "24h"
	// transferTimeout lets 200 MB pass at half a megabit a second.
	transferTimeout = time.Hour
	// batchPage is the most that OpenAI lists at once, batchPages how many of them
	// are looked through: 10,000 batches of an account.
	batchPage, batchPages = 100, 100
)

var errAzureBatch = errors.New("batches of Azure are made by hand: write the file, and read the answers back")

// UploadBatchFile stores a file of requests at the provider, under a name, and
// returns its id. It reads size bytes and holds none of them.
func (c *Client) UploadBatchFile(ctx context.Context, name string, file io.Reader, size int64) (string, error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	err := form.WriteField("purpose", string(openai.PurposeBatch))
	if err == nil {
		_, err = form.CreateFormFile("file", name)
	}
	if err != nil {
		return "", fmt.Errorf("upload a batch file: %w", err)
	}
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	body := io.MultiReader(&head, io.LimitReader(file, size), strings.NewReader(tail))
	length := int64(head.Len()) + size + int64(len(tail))
	x := c.exchange()
	err = c.transfer(ctx, x, http.MethodPost, "/files", body, func(req *http.Request) {
		req.ContentLength = length
		req.Header.Set("Content-Type", form.FormDataContentType())
	})
	var stored openai.File
	if err == nil {
		err = c.decoded(x, json.Unmarshal(x.body, &stored), stored.ID)
	}
	if err != nil {
		return "", fmt.Errorf("upload a batch file: %w", err)
	}
	return stored.ID, nil
}

// transfer makes a request of its own, with the key and the endpoint's headers.
func (c *Client) transfer(ctx context.Context, x *exchange, method, path string, body io.Reader, more func(*http.Request)) error {
	if c.cfg.API != APIOpenAI {
		return &Error{Class: ClassMisconfigured, Endpoint: c.cfg.Label, Err: errAzureBatch}
	}
	bounded, cancel := context.WithTimeoutCause(ctx, transferTimeout, errCallTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, method, strings.TrimRight(c.cfg.BaseURL, "/")+path, body)
	if err != nil {
		return err
	}
	if key := c.cfg.APIKey.Reveal(); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if c.cfg.Organization != "" {
		req.Header.Set("OpenAI-Organization", c.cfg.Organization)
	}
	more(req)
	resp, err := x.Do(req)
	if err == nil {
		_ = resp.Body.Close() // it has been read
	}
	return c.fault(ctx, x, err)
}

// fault is the error of an exchange, nil for a 2xx.
func (c *Client) fault(ctx context.Context, x *exchange, err error) error {
	if x.status == 0 && x.err == nil && err != nil {
		x.err = err
	}
	f := faultOf(ctx, x, err)
	if f == nil {
		return nil
	}
	f.Status, f.Endpoint, f.RequestID = x.status, c.cfg.Label, x.requestID()
	if f.RetryAfter == 0 {
		f.RetryAfter = retryAfter(x.header, "", parseRateLimits(x.header, x.began), time.Now())
	}
	return &f.Error
}

// decoded is the error of a 2xx that is not what was asked for.
func (c *Client) decoded(x *exchange, err error, id string) error {
	if err == nil && id != "" {
		return nil
	}
	f := c.oddBody(x)
	f.Status, f.Endpoint, f.RequestID = x.status, c.cfg.Label, x.requestID()
	return &f.Error
}

// CreateBatch begins a batch of an uploaded file. Metadata names it, so that it is
// found again by [Client.Batches] when its id was lost. After an error other than a
// refusal it is not known whether the batch was made.
func (c *Client) CreateBatch(ctx context.Context, file string, metadata map[string]string) (Batch, error) {
	data := make(map[string]any, len(metadata))
	for k, v := range metadata {
		data[k] = v
	}
	return c.batch(ctx, "create the batch", func(ctx context.Context, api *openai.Client) (openai.BatchResponse, error) {
		return api.CreateBatch(ctx, openai.CreateBatchRequest{
			InputFileID: file, Endpoint: openai.BatchEndpointChatCompletions, CompletionWindow: batchWindow, Metadata: data,
		})
	})
}

// Batch looks a batch up.
func (c *Client) Batch(ctx context.Context, id string) (Batch, error) {
	return c.batch(ctx, "look up the batch", func(ctx context.Context, api *openai.Client) (openai.BatchResponse, error) {
		return api.RetrieveBatch(ctx, url.PathEscape(id))
	})
}

// CancelBatch asks the provider to stop a batch. What it has done by then stays, and
// is charged for.
func (c *Client) CancelBatch(ctx context.Context, id string) (Batch, error) {
	return c.batch(ctx, "cancel the batch", func(ctx context.Context, api *openai.Client) (openai.BatchResponse, error) {
		return api.CancelBatch(ctx, url.PathEscape(id))
	})
}

func (c *Client) batch(ctx context.Context, what string, call func(context.Context, *openai.Client) (openai.BatchResponse, error)) (Batch, error) {
	var resp openai.BatchResponse
	err := c.control(ctx, func(ctx context.Context, x *exchange, api *openai.Client) (err error) {
		if resp, err = call(ctx, api); x.status/100 == 2 {
			err = c.decoded(x, err, resp.ID)
		}
		return err
	})
	if err != nil {
		return Batch{}, fmt.Errorf("%s: %w", what, err)
	}
	return batchOf(resp.Batch), nil
}

// control makes a small request by go-openai within the call's deadline.
func (c *Client) control(ctx context.Context, call func(context.Context, *exchange, *openai.Client) error) error {
	if c.cfg.API != APIOpenAI {
		return &Error{Class: ClassMisconfigured, Endpoint: c.cfg.Label, Err: errAzureBatch}
	}
	bounded, cancel := context.WithTimeoutCause(ctx, c.cfg.Timeout, errCallTimeout)
	defer cancel()
	x := c.exchange()
	vendor := c.vendor
	vendor.HTTPClient = x
	err := call(bounded, x, openai.NewClientWithConfig(vendor))
	if _, own := errors.AsType[*Error](err); own {
		return err
	}
	return c.fault(ctx, x, err)
}

// Batches calls each with the account's batches, the newest first, until it returns
// false.
func (c *Client) Batches(ctx context.Context, each func(Batch) bool) error {
	var after *string
	limit := batchPage
	for range batchPages {
		var page openai.ListBatchResponse
		err := c.control(ctx, func(ctx context.Context, x *exchange, api *openai.Client) (err error) {
			if page, err = api.ListBatch(ctx, after, &limit); x.status/100 == 2 {
				err = c.decoded(x, err, "a list")
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("list the batches: %w", err)
		}
		for _, b := range page.Data {
			if !each(batchOf(b)) {
				return nil
			}
		}
		if !page.HasMore || page.LastID == "" {
			return nil
		}
		after = &page.LastID
	}
	return nil
}

// FileContent copies a file of the provider's to w, and returns how many bytes it
// wrote. After an error these are only its beginning. More than limit bytes are an
// error.
func (c *Client) FileContent(ctx context.Context, id string, w io.Writer, limit int64) (int64, error) {
	x := c.exchange()
	into := &limited{to: w, left: limit}
	x.sink = into
	err := c.transfer(ctx, x, http.MethodGet, "/files/"+url.PathEscape(id)+"/content", nil, func(*http.Request) {})
	if into.err != nil {
		err = into.err // the disk's, not the endpoint's
	}
	if err != nil {
		return limit - into.left, fmt.Errorf("read a batch file: %w", err)
	}
	return limit - into.left, nil
}

// limited writes up to a number of bytes, and keeps the writer's error.
type limited struct {
	to   io.Writer
	left int64
	err  error
}

// Write is the writer's.
func (l *limited) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		return 0, errTooLarge
	}
	n, err := l.to.Write(p)
	l.left -= int64(n)
	l.err = err
	return n, err
}

// DeleteFile removes a file at the provider.
func (c *Client) DeleteFile(ctx context.Context, id string) error {
	x := c.exchange()
	if err := c.transfer(ctx, x, http.MethodDelete, "/files/"+url.PathEscape(id), nil, func(*http.Request) {}); err != nil {
		return fmt.Errorf("delete a batch file: %w", err)
	}
	return nil
}
