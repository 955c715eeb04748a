package tryclientgo

import (
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func TestConfigMapsAndSecrets(t *testing.T) {
	ctx, core := soon(t), typedHere(t).CoreV1()
	maps := core.ConfigMaps("default")
	made, err := maps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "settings-", Labels: map[string]string{"of": "go"}},
		Data:       map[string]string{"a": "b"},
		BinaryData: map[string][]byte{"bytes": {0, 1, 2}},
	}, metav1.CreateOptions{FieldManager: "maker"})
	must(t, err)
	same(t, "the generated name", strings.HasPrefix(made.Name, "settings-"), true)
	same(t, "the bytes", string(made.BinaryData["bytes"]), "\x00\x01\x02")

	patched, err := maps.Patch(ctx, made.Name, types.StrategicMergePatchType, []byte(`{"data":{"c":"d"}}`), metav1.PatchOptions{})
	must(t, err)
	same(t, "a field that the patch leaves alone", patched.Data["a"], "b")
	_, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	refused(t, err, metav1.StatusReasonConflict)

	mine := applycorev1.ConfigMap(made.Name, "default").WithData(map[string]string{"a": "mine"})
	_, err = maps.Apply(ctx, mine, metav1.ApplyOptions{FieldManager: "applier"})
	refused(t, err, metav1.StatusReasonConflict)
	forced, err := maps.Apply(ctx, mine, metav1.ApplyOptions{FieldManager: "applier", Force: true})
	must(t, err)
	same(t, "what was forced", forced.Data["a"], "mine")
	extracted, err := applycorev1.ExtractConfigMap(forced, "applier")
	must(t, err)
	same(t, "how much of it the applier owns", len(extracted.Data), 1)

	must(t, maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "of=go"}))
	_, err = maps.Get(ctx, made.Name, metav1.GetOptions{})
	refused(t, err, metav1.StatusReasonNotFound)

	_, err = core.Secrets("default").Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "password"}, StringData: map[string]string{"a": "b"},
	}, metav1.CreateOptions{})
	must(t, err)
	secret, err := core.Secrets("default").Get(ctx, "password", metav1.GetOptions{})
	must(t, err)
	same(t, "the secret", string(secret.Data["a"]), "b")
	same(t, "its type", secret.Type, corev1.SecretTypeOpaque)
	must(t, core.Secrets("default").Delete(ctx, "password", *metav1.NewPreconditionDeleteOptions(string(secret.UID))))
}

// Protobuf tells nothing that was left out from an empty text or a zero; only where the field is a pointer are they said.
func TestWhatALeaseSaysIsNothing(t *testing.T) {
	ctx, leases := soon(t), typedHere(t).CoordinationV1().Leases("default")
	nobody, never := "", int32(0)
	now := metav1.NowMicro()
	_, err := leases.Create(ctx, &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Name: "released"},
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: &nobody, LeaseTransitions: &never, RenewTime: &now},
	}, metav1.CreateOptions{})
	must(t, err)
	kept, err := leases.Get(ctx, "released", metav1.GetOptions{})
	must(t, err)
	same(t, "an empty holder is said", kept.Spec.HolderIdentity != nil, true)
	same(t, "no transitions are said", kept.Spec.LeaseTransitions != nil, true)
	same(t, "a length is not", kept.Spec.LeaseDurationSeconds == nil, true)
	same(t, "the microsecond", kept.Spec.RenewTime.UnixMicro(), now.UnixMicro())
}

func TestWhoMayDoWhat(t *testing.T) {
	ctx, client := soon(t), typedHere(t)
	_, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "team"}}, metav1.CreateOptions{})
	must(t, err)
	_, err = client.CoreV1().ServiceAccounts("team").Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "bot"}}, metav1.CreateOptions{})
	must(t, err)
	seconds := int64(3600)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	token, err := client.CoreV1().ServiceAccounts("team").CreateToken(ctx, "bot", request, metav1.CreateOptions{})
	must(t, err)

	config := rest.AnonymousClientConfig(configHere(t))
	config.BearerToken = token.Status.Token
	bot, err := kubernetes.NewForConfig(config)
	must(t, err)
	for verb, want := range map[string]bool{"list": true, "delete": false} {
		attributes := &authorizationv1.ResourceAttributes{Namespace: "team", Verb: verb, Group: streamApps.Group, Resource: streamApps.Resource}
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes}}
		told, err := bot.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		must(t, err)
		same(t, verb, told.Status.Allowed, want)
	}
	_, err = bot.CoreV1().Secrets("team").List(ctx, metav1.ListOptions{})
	refused(t, err, metav1.StatusReasonForbidden)
	must(t, client.CoreV1().Namespaces().Delete(ctx, "team", metav1.DeleteOptions{}))
}

func TestDiscovery(t *testing.T) {
	discovery := typedHere(t).Discovery()
	_, lists, err := discovery.ServerGroupsAndResources()
	must(t, err)
	found := false
	for _, list := range lists {
		for _, resource := range list.APIResources {
			found = found || list.GroupVersion == streamApps.GroupVersion().String() && resource.Name == "streamapps/scale"
		}
	}
	same(t, "streamapps/scale is there", found, true)
	paths, err := discovery.OpenAPIV3().Paths()
	must(t, err)
	_, err = paths["apis/"+streamApps.GroupVersion().String()].Schema("application/json")
	must(t, err)
	version, err := discovery.ServerVersion()
	must(t, err)
	same(t, "the major version", version.Major, "1")
}
