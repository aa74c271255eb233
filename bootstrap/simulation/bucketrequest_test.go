package simulation_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// objectRequest is a request of an S3 client that names the bucket in the path.
type objectRequest struct {
	method, bucket, key string
	query               url.Values
	header              http.Header
	body                []byte
	sent                time.Time
}

func readObjectRequest(r *http.Request) (*objectRequest, error) {
	out := &objectRequest{method: r.Method, query: r.URL.Query(), header: r.Header, sent: time.Now()}
	out.bucket, out.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Body != nil {
		var err error
		if out.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *objectRequest) String() string {
	text := r.method + " " + r.bucket + "/" + r.key
	for _, name := range []string{"start-after", "continuation-token"} {
		text += " " + r.query.Get(name)
	}
	return text + r.header.Get("Range")
}

// objectOperations are the operations that our clients use, with the parameters and
// headers of each that mean something; the sign '*' stands for a key in the path.
var objectOperations = []struct {
	name, method, path string
	parameters         []string
	headers            []string
}{
	{"PutObject", http.MethodPut, "*", []string{"x-id"}, []string{
		"If-None-Match", "Content-Type", "Content-Encoding", "Content-Length", "X-Amz-Sdk-Checksum-Algorithm", "X-Amz-Checksum-Crc32c",
	}},
	{"HeadObject", http.MethodHead, "*", nil, nil},
	{"GetObject", http.MethodGet, "*", []string{"x-id"}, []string{"If-Match", "Range", "X-Amz-Checksum-Mode"}},
	{"ListObjectsV2", http.MethodGet, "", []string{"list-type", "prefix", "start-after", "continuation-token"}, nil},
}

// anyRequest are the headers that every request may have.
var anyRequest = []string{"Accept-Encoding", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "User-Agent", "X-Amz-Content-Sha256"}

// operation names what is asked for. An error says what of it a client of ours never
// asks.
func (r *objectRequest) operation() (string, error) {
	for _, o := range objectOperations {
		if o.method != r.method || (o.path == "*") != (r.key != "") {
			continue
		}
		for name := range r.query {
			if !slices.Contains(o.parameters, name) {
				return "", fmt.Errorf("%s with parameter %s", r, name)
			}
		}
		for name := range r.header {
			if !slices.Contains(o.headers, name) && !slices.Contains(anyRequest, name) {
				return "", fmt.Errorf("%s with header %s", r, name)
			}
		}
		return o.name, nil
	}
	return "", fmt.Errorf("%s is no request that is known here", r)
}

// objectAnswer is what S3 answers.
type objectAnswer struct {
	status int
	header http.Header
	body   []byte
}

type listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name, Prefix          string
	KeyCount              int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listed
}

type listed struct {
	Key, ETag string
	Size      int
}

func xmlAnswer(status int, value any) objectAnswer {
	text, err := xml.Marshal(value)
	if err != nil {
		panic(err) // of texts and numbers
	}
	header := http.Header{"Content-Type": {"application/xml"}, "Content-Length": {strconv.Itoa(len(text))}}
	return objectAnswer{status: status, header: header, body: text}
}

// refusedBy is a no of S3.
func refusedBy(status int, code string) objectAnswer {
	type refusal struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}
	return xmlAnswer(status, refusal{Code: code, Message: "simulated"})
}

// response returns the answer as it goes to a client, whose body it reads by body.
func (a *objectAnswer) response(body io.Reader) *http.Response {
	length, _ := strconv.ParseInt(a.header.Get("Content-Length"), 10, 64) // 0 without one
	return &http.Response{
		StatusCode: a.status, Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: length, Header: a.header, Body: io.NopCloser(body),
	}
}
