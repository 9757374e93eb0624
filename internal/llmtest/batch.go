package llmtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// BatchScript says how the endpoint does batches. The zero value does each at
// once and well. Lines are answered as chat requests are, by Choose, Steps and
// Random; a Step that fails is a line of the error file.
type BatchScript struct {
	// MaxRows and MaxBytes refuse larger files; 0 means those of OpenAI.
	MaxRows  int
	MaxBytes int64
	// Polls is how many looks at a batch find it unfinished.
	Polls int
	// Faults are of the batches in the order in which they are made; those behind
	// the last have none.
	Faults []BatchFault
	// None has no batches at all, as most servers.
	None bool
}

// BatchFault is what goes wrong with one batch.
type BatchFault struct {
	// State that it ends in, by default "completed".
	State string
	// Code and Line are the problem of one that failed.
	Code string
	Line int
	// Done is how many lines are answered before it expires or is cancelled.
	Done int
	// Refused lines are in the error file, with status 500; Missing ones nowhere,
	// Twice ones two times in the output. Lines count from 1.
	Refused, Missing, Twice []int
	// Unknown adds so many answers to nobody's question.
	Unknown int
	// Cut takes so many bytes off the end of the output file.
	Cut int

	// Throttled creations are answered with 429 before one works.
	Throttled int
	// Lost is a creation that works and is not answered.
	Lost bool
	// Broken looks at the batch are answered with 502.
	Broken int
	// Stays leaves it unfinished until it is cancelled.
	Stays bool
}

// Of OpenAI.
const (
	maxBatchRows  = 50_000
	maxBatchBytes = 200_000_000
)

// batches are the files and batches at the endpoint.
type batches struct {
	mu     sync.Mutex
	number int
	files  map[string][]byte
	all    []*batch // in order of creation
	faults []BatchFault
}

type batch struct {
	id, input, output, errors string
	metadata                  json.RawMessage
	state                     string
	fault                     BatchFault
	polls, broken             int
	total, done, refused      int
}

// serveBatch answers requests under /files and /batches; false is another path.
func (s *Server) serveBatch(w http.ResponseWriter, r *http.Request) bool {
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	if s.script.Batch.None || !strings.HasPrefix(path, "/files") && !strings.HasPrefix(path, "/batches") {
		return false
	}
	if !s.enter() {
		return true
	}
	defer s.served.Done()
	parts := strings.Split(strings.Trim(path, "/"), "/")
	route := r.Method + " " + parts[0]
	id := ""
	if len(parts) > 1 {
		route += "/id"
		id = parts[1]
	}
	if len(parts) > 2 {
		route += "/" + parts[2]
	}
	switch route {
	case "POST files":
		s.upload(w, r)
	case "GET files/id", "GET files/id/content", "DELETE files/id":
		s.file(w, route, id)
	case "POST batches":
		s.create(w, r)
	case "GET batches":
		s.list(w, r)
	case "GET batches/id":
		s.poll(w, id)
	case "POST batches/id/cancel":
		s.cancel(w, id)
	default:
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, fmt.Sprintf(`{"error":{"message":%s,"type":"invalid_request_error","code":%s}}`, Quote(message), Quote(code)))
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	form, err := r.MultipartReader()
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", "no multipart form")
		return
	}
	purpose := ""
	for {
		part, err := form.NextPart()
		if err != nil {
			refuse(w, http.StatusBadRequest, "invalid_request", "no file, or a form that is not whole")
			return
		}
		limit := s.script.Batch.MaxBytes
		if limit == 0 {
			limit = maxBatchBytes
		}
		data, err := io.ReadAll(io.LimitReader(part, limit+1))
		if err != nil {
			return
		}
		if part.FormName() == "purpose" {
			purpose = string(data)
			continue
		}
		switch {
		case purpose != "batch":
			refuse(w, http.StatusBadRequest, "invalid_purpose", "purpose must be batch")
		case int64(len(data)) > limit:
			refuse(w, http.StatusRequestEntityTooLarge, "file_too_large", "the file is too large")
		default:
			id := s.batches.store(data)
			writeJSON(w, http.StatusOK, fmt.Sprintf(`{"id":%q,"object":"file","bytes":%d,"filename":%s,"purpose":"batch"}`, id, len(data), Quote(part.FileName())))
		}
		return
	}
}

func (b *batches) store(data []byte) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.storeLocked(data)
}

func (b *batches) storeLocked(data []byte) string {
	b.number++
	id := "file-" + strconv.Itoa(b.number)
	b.files[id] = data
	return id
}

func (s *Server) file(w http.ResponseWriter, route, id string) {
	b := &s.batches
	b.mu.Lock()
	data, found := b.files[id]
	if route == "DELETE files/id" {
		delete(b.files, id)
	}
	b.mu.Unlock()
	switch {
	case !found:
		refuse(w, http.StatusNotFound, "not_found", "No such File object")
	case route == "GET files/id/content":
		send(w, &Step{ContentType: "application/octet-stream"}, data)
	default:
		writeJSON(w, http.StatusOK, fmt.Sprintf(`{"id":%q,"object":"file","bytes":%d,"purpose":"batch"}`, id, len(data)))
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Input    string          `json:"input_file_id"`
		Endpoint string          `json:"endpoint"`
		Window   string          `json:"completion_window"`
		Metadata json.RawMessage `json:"metadata"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil || json.Unmarshal(body, &req) != nil || req.Endpoint != "/v1/chat/completions" || req.Window != "24h" {
		refuse(w, http.StatusBadRequest, "invalid_request", "the batch cannot be made of this")
		return
	}
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	input, found := b.files[req.Input]
	if !found {
		refuse(w, http.StatusBadRequest, "not_found", "No such File object")
		return
	}
	var fault BatchFault
	if len(b.faults) > 0 {
		if b.faults[0].Throttled > 0 {
			b.faults[0].Throttled--
			w.Header().Set("Retry-After", "0")
			refuse(w, http.StatusTooManyRequests, "rate_limit_exceeded", "Enqueued token limit reached")
			return
		}
		fault, b.faults = b.faults[0], b.faults[1:]
	}
	b.number++
	made := &batch{id: "batch-" + strconv.Itoa(b.number), input: req.Input, metadata: req.Metadata, state: "validating", fault: fault, polls: s.script.Batch.Polls, broken: fault.Broken}
	b.all = append(b.all, made)
	s.ledger.batch()
	s.work(made, input)
	if fault.Lost {
		abandon()
	}
	writeJSON(w, http.StatusOK, made.json())
}

// work does all lines of a batch; that it takes time is for the polls to say.
func (s *Server) work(made *batch, input []byte) {
	fault := &made.fault
	lines := bytes.Split(bytes.TrimSuffix(input, []byte("\n")), []byte("\n"))
	made.total = len(lines)
	code, line := s.validate(lines)
	if code != "" {
		fault.State, fault.Code, fault.Line = "failed", code, line
	}
	if fault.State == "" {
		fault.State = "completed"
	}
	if fault.State == "failed" || fault.Stays {
		return
	}
	var output, refused bytes.Buffer
	for i, raw := range lines {
		n := i + 1
		id, body := lineOf(raw)
		switch {
		case fault.State == "expired" && i >= fault.Done:
			fmt.Fprintf(&refused, `{"id":"req-%d","custom_id":%s,"response":null,"error":{"code":"batch_expired","message":"This request could not be executed before the completion window expired."}}`+"\n", n, Quote(id))
			made.refused++
			continue
		case fault.State == "cancelled" && i >= fault.Done, slices.Contains(fault.Missing, n):
			continue
		case slices.Contains(fault.Refused, n):
			fmt.Fprintf(&refused, `{"id":"req-%d","custom_id":%s,"response":{"status_code":500,"request_id":"r","body":{"error":{"message":"The server had an error","type":"server_error"}}},"error":null}`+"\n", n, Quote(id))
			made.refused++
			continue
		}
		status, answer := s.line(body)
		to := &output
		if status != http.StatusOK {
			to = &refused
			made.refused++
		} else {
			made.done++
		}
		for range 1 + len(slices.DeleteFunc(slices.Clone(fault.Twice), func(t int) bool { return t != n })) {
			fmt.Fprintf(to, `{"id":"req-%d","custom_id":%s,"response":{"status_code":%d,"request_id":"r","body":%s},"error":null}`+"\n", n, Quote(id), status, answer)
		}
	}
	for i := range fault.Unknown {
		fmt.Fprintf(&output, `{"id":"req-u","custom_id":"nobody-%d","response":{"status_code":200,"body":{"choices":[]}},"error":null}`+"\n", i)
	}
	if output.Len() > 0 {
		made.output = s.batches.storeLocked(output.Bytes()[:max(0, output.Len()-fault.Cut)])
	}
	if refused.Len() > 0 {
		made.errors = s.batches.storeLocked(refused.Bytes())
	}
}

// validate is what the endpoint finds wrong with a file.
func (s *Server) validate(lines [][]byte) (code string, line int) {
	limit := s.script.Batch.MaxRows
	if limit == 0 {
		limit = maxBatchRows
	}
	if len(lines) > limit {
		return "too_many_requests_in_file", 0
	}
	seen := map[string]bool{}
	for i, raw := range lines {
		id, body := lineOf(raw)
		if id == "" || body == nil {
			return "invalid_json_line", i + 1
		}
		if seen[id] {
			return "duplicate_custom_id", i + 1
		}
		seen[id] = true
	}
	return "", 0
}

func lineOf(raw []byte) (id string, body json.RawMessage) {
	var line struct {
		ID     string          `json:"custom_id"`
		Method string          `json:"method"`
		URL    string          `json:"url"`
		Body   json.RawMessage `json:"body"`
	}
	if json.Unmarshal(raw, &line) != nil || line.Method != http.MethodPost || line.URL != "/v1/chat/completions" {
		return "", nil
	}
	return line.ID, line.Body
}

// line answers one line, and bills it.
func (s *Server) line(body []byte) (status int, answer []byte) {
	req := Request{Body: body}
	if !req.scan() {
		return http.StatusBadRequest, []byte(`{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error"}}`)
	}
	req.Fingerprint = maphash.Bytes(s.seed, appendUnescaped(nil, req.user))
	step := s.choose(&req)
	if step.Status >= 300 {
		return step.Status, []byte(step.Body)
	}
	content := changed(s.answers.content(&req, s.seed), &step.Completion)
	in, out := tokensOf(req.user)+tokensOf(req.system), tokensOf(content)
	s.ledger.billBatch(req.Fingerprint)
	if step.Body != "" {
		return http.StatusOK, []byte(step.Body)
	}
	return http.StatusOK, s.completion(nil, &req, &step, content, in, out)
}

func (b *batches) find(id string) *batch {
	for _, one := range b.all {
		if one.id == id {
			return one
		}
	}
	return nil
}

func (s *Server) poll(w http.ResponseWriter, id string) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.find(id)
	switch {
	case one == nil:
		refuse(w, http.StatusNotFound, "not_found", "No such Batch object")
		return
	case one.broken > 0:
		one.broken--
		writeJSON(w, http.StatusBadGateway, `<html>Bad gateway</html>`)
		return
	}
	one.advance()
	writeJSON(w, http.StatusOK, one.json())
}

// advance is a look at the batch's way to its end.
func (b *batch) advance() {
	switch {
	case b.state == "cancelling":
		b.state = "cancelled"
	case b.ended():
	case b.fault.Stays:
		b.state = "in_progress"
	case b.polls > 0:
		b.polls--
		b.state = "in_progress"
	default:
		b.state = b.fault.State
	}
}

func (b *batch) ended() bool {
	return slices.Contains([]string{"completed", "failed", "expired", "cancelled"}, b.state)
}

func (s *Server) cancel(w http.ResponseWriter, id string) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.find(id)
	switch {
	case one == nil:
		refuse(w, http.StatusNotFound, "not_found", "No such Batch object")
	case one.ended():
		refuse(w, http.StatusBadRequest, "invalid_request", "the batch has ended")
	default:
		one.state = "cancelling"
		writeJSON(w, http.StatusOK, one.json())
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	after := r.URL.Query().Get("after")
	var page []string
	last, more := "", false
	for _, one := range slices.Backward(b.all) {
		if after != "" {
			if one.id == after {
				after = ""
			}
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page, last = append(page, one.json()), one.id
	}
	writeJSON(w, http.StatusOK, fmt.Sprintf(`{"object":"list","data":[%s],"last_id":%q,"has_more":%t}`, strings.Join(page, ","), last, more))
}

func (b *batch) json() string {
	out := map[string]any{
		"id": b.id, "object": "batch", "endpoint": "/v1/chat/completions", "input_file_id": b.input, "completion_window": "24h",
		"status": b.state, "created_at": time.Now().Unix(), "metadata": b.metadata, "output_file_id": nil, "error_file_id": nil, "errors": nil,
		"request_counts": map[string]int{"total": b.total, "completed": b.done, "failed": b.refused},
	}
	if b.ended() {
		if b.output != "" {
			out["output_file_id"] = b.output
		}
		if b.errors != "" {
			out["error_file_id"] = b.errors
		}
		if b.state == "failed" {
			problem := map[string]any{"code": b.fault.Code, "message": "as scripted", "line": nil}
			if b.fault.Line > 0 {
				problem["line"] = b.fault.Line
			}
			out["errors"] = map[string]any{"object": "list", "data": []any{problem}}
		}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return "{}"
	}
	return string(data)
}

// Files is how many files are stored at the endpoint.
func (s *Server) Files() int {
	s.batches.mu.Lock()
	defer s.batches.mu.Unlock()
	return len(s.batches.files)
}
