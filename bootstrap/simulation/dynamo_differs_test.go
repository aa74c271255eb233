package simulation_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/dynamostore"
)

// localDynamoDB starts Amazon's own DynamoDB on this machine, with the table of views.
func localDynamoDB(t *testing.T) string {
	t.Helper()
	tools := os.Getenv("EVERCART_TEST_AWS")
	if tools == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := awslocal.StartDynamoDB(t.Context(), tools, 0)
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("anyone", "anyone", ""),
		DisableValidateResponseChecksum: true,
	})
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	return server.URL
}

// post sends a request as it is.
func post(t *testing.T, url, operation string, body []byte) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	require.NoError(t, err)
	r.Header = http.Header{
		"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"DynamoDB_20120810." + operation}, "X-Amz-Date": {"20260101T000000Z"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=anyone/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"},
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, text
}

// told is what our adapters read of an answer.
type told struct {
	Type                string `json:"__type"`
	Item                map[string]any
	Items               []map[string]any
	Count, ScannedCount int
	LastEvaluatedKey    map[string]any
	Responses           map[string][]map[string]any
	UnprocessedKeys     map[string]any
	UnprocessedItems    map[string]any
	CancellationReasons []struct {
		Code string
		Item map[string]any
	}
}

// read reads an answer. What may come in any order is put in one.
func read(t *testing.T, operation string, text []byte) told {
	t.Helper()
	var answer told
	require.NoError(t, json.Unmarshal(text, &answer), "%s", text)
	if _, kind, long := strings.Cut(answer.Type, "#"); long {
		answer.Type = kind
	}
	byText := func(a, b map[string]any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	for _, items := range answer.Responses {
		slices.SortFunc(items, byText)
	}
	if operation == "Scan" {
		slices.SortFunc(answer.Items, byText)
	}
	return answer
}

func TestTheSimulatedDynamoDBIsLikeAmazonsOwnOnThisMachine(t *testing.T) {
	t.Parallel()
	url := localDynamoDB(t)
	t.Run("it answers the same", func(t *testing.T) { answersTheSame(t, url) })
	t.Run("it refuses the same, and says so loudly", func(t *testing.T) { refusesTheSame(t, url) })
}

func answersTheSame(t *testing.T, url string) {
	t.Helper()
	ours := emptyDesk(t)
	const requests = 1000
	r := &requester{rand.New(rand.NewPCG(1, 2))}
	seen := map[string]int{}
	for n := range requests {
		next := r.next()
		body, err := json.Marshal(next.body)
		require.NoError(t, err)
		wantStatus, text := post(t, url, next.operation, body)
		want := read(t, next.operation, text)
		status, answer := ours.serve(next.operation, body)
		text, err = json.Marshal(answer)
		require.NoError(t, err)
		got := read(t, next.operation, text)
		if next.body["Limit"] == want.Count && want.LastEvaluatedKey == nil {
			got.LastEvaluatedKey = nil // a page that is full and the last: it may be there
		}
		require.Equal(t, want, got, "request %d, %s of %s", n, next.operation, body)
		require.Equal(t, wantStatus, status)
		seen[next.operation+" "+want.Type]++
	}
	assert.Empty(t, ours.faults)
	for _, what := range []string{"PutItem ", "PutItem ConditionalCheckFailedException", "TransactWriteItems ", "TransactWriteItems TransactionCanceledException", "DeleteItem ", "Query "} {
		assert.Greater(t, seen[what], requests/100, "%q is rare: %v", what, seen)
	}
}

func refusesTheSame(t *testing.T, url string) {
	t.Helper()
	table := dynamostore.ViewsTable(prefix)
	key := `{"P":{"S":"p"},"S":{"S":"s"}}`
	for name, c := range map[string]struct{ operation, body string }{
		"a value that is not used":             {"PutItem", `{"TableName":"` + table + `","Item":` + key + `,"ConditionExpression":"attribute_not_exists(P)","ExpressionAttributeValues":{":x":{"S":"x"}}}`},
		"a value that is not given":            {"PutItem", `{"TableName":"` + table + `","Item":` + key + `,"ConditionExpression":"Revision = :r"}`},
		"an expression that ends too soon":     {"PutItem", `{"TableName":"` + table + `","Item":` + key + `,"ConditionExpression":"attribute_not_exists(P) OR"}`},
		"an expression that goes on":           {"PutItem", `{"TableName":"` + table + `","Item":` + key + `,"ConditionExpression":"attribute_not_exists(P) P"}`},
		"an item without its sort key":         {"PutItem", `{"TableName":"` + table + `","Item":{"P":{"S":"p"}}}`},
		"an empty sort key":                    {"PutItem", `{"TableName":"` + table + `","Item":{"P":{"S":"p"},"S":{"S":""}}}`},
		"a key of another kind":                {"GetItem", `{"TableName":"` + table + `","Key":{"P":{"S":"p"},"S":{"N":"1"}}}`},
		"a key with more than a key":           {"GetItem", `{"TableName":"` + table + `","Key":{"P":{"S":"p"},"S":{"S":"s"},"Q":{"S":"q"}}}`},
		"no such table":                        {"GetItem", `{"TableName":"none","Key":` + key + `}`},
		"a key twice":                          {"BatchGetItem", `{"RequestItems":{"` + table + `":{"Keys":[` + key + `,` + key + `]}}}`},
		"a deletion twice":                     {"BatchWriteItem", `{"RequestItems":{"` + table + `":[{"DeleteRequest":{"Key":` + key + `}},{"DeleteRequest":{"Key":` + key + `}}]}}`},
		"no key at all":                        {"BatchGetItem", `{"RequestItems":{"` + table + `":{"Keys":[]}}}`},
		"a range that begins after its end":    {"Query", `{"TableName":"` + table + `","KeyConditionExpression":"P = :p AND S BETWEEN :a AND :b","ExpressionAttributeValues":{":p":{"S":"p"},":a":{"S":"b"},":b":{"S":"a"}}}`},
		"a range without a partition":          {"Query", `{"TableName":"` + table + `","KeyConditionExpression":"S > :s","ExpressionAttributeValues":{":s":{"S":"p"}}}`},
		"a condition on what is no key":        {"Query", `{"TableName":"` + table + `","KeyConditionExpression":"P = :p AND Q = :q","ExpressionAttributeValues":{":p":{"S":"p"},":q":{"S":"q"}}}`},
		"a limit of nothing":                   {"Query", `{"TableName":"` + table + `","KeyConditionExpression":"P = :p","ExpressionAttributeValues":{":p":{"S":"p"}},"Limit":0}`},
		"a consistent read of an index":        {"Query", `{"TableName":"` + table + `","IndexName":"parked","ConsistentRead":true,"KeyConditionExpression":"Q = :p","ExpressionAttributeValues":{":p":{"S":"p"}}}`},
		"an index that is not there":           {"Query", `{"TableName":"` + table + `","IndexName":"none","KeyConditionExpression":"Q = :p","ExpressionAttributeValues":{":p":{"S":"p"}}}`},
		"a start key without the table's":      {"Query", `{"TableName":"` + table + `","IndexName":"parked","KeyConditionExpression":"Q = :p","ExpressionAttributeValues":{":p":{"S":"p"}},"ExclusiveStartKey":{"Q":{"S":"p"},"S":{"S":"s"}}}`},
		"a transaction of nothing":             {"TransactWriteItems", `{"TransactItems":[],"ClientRequestToken":"t"}`},
		"a transaction that writes to one key": {"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"` + table + `","Item":` + key + `}},{"Delete":{"TableName":"` + table + `","Key":` + key + `}}],"ClientRequestToken":"t"}`},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := post(t, url, c.operation, []byte(c.body))
			require.Equal(t, http.StatusBadRequest, status)
			ours := emptyDesk(t)
			status, _ = ours.serve(c.operation, []byte(c.body))
			assert.Equal(t, http.StatusBadRequest, status)
			if name != "no such table" {
				assert.Len(t, ours.faults, 1, "it is told loudly")
			}
		})
	}
}

// emptyDesk returns a DynamoDB that may be asked for anything, with the table of views.
func emptyDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{dynamo: newDynamo(calm())}
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), dynamoClient(d, aws.NopRetryer{}), prefix))
	return d
}
