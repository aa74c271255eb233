package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/evercart/evercart/ports"
)

// maxAnswer is how much of an answer is read, so that its connection can serve the
// next notification. Nothing of it is used.
const maxAnswer = 4 << 10

// Notifier is a ports.Notifier over HTTP. It is safe for concurrent use.
type Notifier struct {
	url     string
	name    string // of the receiver, without what may be secret
	keys    []*standardwebhooks.Webhook
	timeout time.Duration
	client  http.Client
	now     func() time.Time
}

var _ ports.Notifier = (*Notifier)(nil)

// New returns a notifier, or an error that says what of o is wrong.
func New(o Options) (*Notifier, error) {
	u, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	keys, err := parseSecrets(o.Secrets)
	if err != nil {
		return nil, err
	}
	if o.Timeout < 0 {
		return nil, fmt.Errorf("webhook: timeout %s, want more than 0", o.Timeout)
	}
	n := &Notifier{
		url: o.URL, name: u.Scheme + "://" + u.Host, keys: keys, timeout: o.Timeout, now: o.Now,
		client: http.Client{Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
	if n.timeout == 0 {
		n.timeout = DefaultTimeout
	}
	if n.now == nil {
		n.now = time.Now
	}
	return n, nil
}

// Notify implements ports.Notifier. An answer of 2xx says that the receiver has
// taken the notification over. One of 4xx says that it never will, but for 408,
// 409, 425 and 429. All other answers may be others later, redirects among them,
// which are not followed: so may a fault of the connection, and no answer in time.
func (n *Notifier) Notify(ctx context.Context, note ports.Notification) error {
	if err := n.post(ctx, &note); err != nil {
		return fmt.Errorf("webhook: tell %s of event %q: %w", n.name, note.ID, err)
	}
	return nil
}

func (n *Notifier) post(ctx context.Context, note *ports.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	request, err := n.request(within, note)
	if err != nil {
		return err
	}
	answer, err := n.client.Do(request)
	if err != nil {
		return n.noAnswer(ctx, err)
	}
	defer func() { _ = answer.Body.Close() }() // the status has said it all
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	return judge(answer.StatusCode)
}

// request returns note as a signed request. The time that it says is the attempt's.
func (n *Notifier) request(ctx context.Context, note *ports.Notification) (*http.Request, error) {
	if !fitsHeader(note.ID) {
		return nil, errors.New("an ID of other characters than ! to ~, or with '.', cannot be signed safely")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(note.Wire))
	if err != nil {
		return nil, errors.New("the request cannot be made") // err may hold what is secret of the URL
	}
	at := n.now()
	signatures := make([]string, len(n.keys))
	for i, key := range n.keys {
		if signatures[i], err = key.Sign(note.ID, at, note.Wire); err != nil {
			return nil, fmt.Errorf("sign with secret %d: %w", i+1, err)
		}
	}
	request.Header.Set("Content-Type", "application/cloudevents+json; charset=UTF-8")
	request.Header.Set("User-Agent", "evercart")
	request.Header.Set(standardwebhooks.HeaderWebhookID, note.ID)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return request, nil
}

// noAnswer returns what an error of the client means. It leaves out the URL that
// such an error names.
func (n *Notifier) noAnswer(ctx context.Context, err error) error {
	var named *url.Error
	if errors.As(err, &named) {
		err = named.Err
	}
	if end := ctx.Err(); end != nil {
		return fmt.Errorf("%w: %w", end, err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: no answer within %s", ports.ErrUnavailable, n.timeout)
	}
	return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
}

// judge returns what an answer's status means.
func judge(status int) error {
	switch {
	case status >= 200 && status <= 299:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusConflict,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests,
		status < 400, status > 499:
		return fmt.Errorf("%w: it answered %s", ports.ErrUnavailable, statusText(status))
	default:
		return fmt.Errorf("it answered %s", statusText(status))
	}
}

// statusText is the status and its name, not what the receiver calls it.
func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// fitsHeader reports whether id is 1 to 255 visible ASCII characters without the
// one that parts what is signed.
func fitsHeader(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' || id[i] == '.' {
			return false
		}
	}
	return id != "" && len(id) <= 255
}
