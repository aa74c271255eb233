package bootstrap

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTablesOfAnInstallation(t *testing.T) {
	t.Parallel()
	look := func(t *testing.T, replicated string) error {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) // half a body names no table
			replicas := ""
			if strings.Contains(string(body), `"`+replicated+`"`) {
				replicas = `, "Replicas": [{"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}]`
			}
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, `{"Table": {"TableStatus": "ACTIVE"`+replicas+`}}`)
		}))
		t.Cleanup(server.Close)
		client := dynamodb.New(dynamodb.Options{
			Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: aws.AnonymousCredentials{}, DisableValidateResponseChecksum: true,
		})
		return tablesThere(t.Context(), client, "eu-central-1", "shop")
	}
	t.Run("are taken as Terraform makes them", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, look(t, "none"))
	})
	t.Run("are refused where several regions write events", func(t *testing.T) {
		t.Parallel()
		err := look(t, "shop-cart-events")
		var told *AWSError
		require.ErrorAs(t, err, &told)
		assert.ErrorContains(t, err, "table shop-cart-events in eu-central-1 is a global table")
		assert.NotContains(t, err.Error(), "\n")
	})
	t.Run("may have replicas of views, which can be built anew", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, look(t, "shop-views"))
	})
}
