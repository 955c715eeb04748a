package tryclientgo

import (
	"context"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func TestLifeOfAStreamApp(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	seen, err := apps.Create(ctx, streamApp("made", nil), metav1.CreateOptions{})
	must(t, err)
	same(t, "its finalizer", seen.GetFinalizers()[0], tidy)
	_, err = apps.Create(ctx, streamApp("made", nil), metav1.CreateOptions{})
	refused(t, err, metav1.StatusReasonAlreadyExists)
	_, err = apps.Create(ctx, streamApp("wrong", map[string]any{"drift": "Never"}), metav1.CreateOptions{})
	refused(t, err, metav1.StatusReasonInvalid)

	merged, err := apps.Patch(ctx, "made", types.MergePatchType, []byte(`{"spec":{"drift":"Warn"}}`), metav1.PatchOptions{})
	must(t, err)
	same(t, "merged", drift(merged), "Warn")
	byJSON := []byte(`[{"op":"replace","path":"/spec/drift","value":"Heal"}]`)
	_, err = apps.Patch(ctx, "made", types.JSONPatchType, byJSON, metav1.PatchOptions{})
	must(t, err)
	_, err = apps.Patch(ctx, "made", types.StrategicMergePatchType, []byte(`{}`), metav1.PatchOptions{})
	refused(t, err, metav1.StatusReasonUnsupportedMediaType)

	// What was seen first is stale: refused, looked at again, written.
	attempts := 0
	must(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		attempts++
		_ = unstructured.SetNestedField(seen.Object, "Warn", "spec", "drift")
		_, err := apps.Update(ctx, seen, metav1.UpdateOptions{})
		if err != nil {
			seen, _ = apps.Get(ctx, "made", metav1.GetOptions{})
		}
		return err
	}))
	same(t, "attempts", attempts, 2)

	told, err := apps.Get(ctx, "made", metav1.GetOptions{})
	must(t, err)
	told.Object["status"] = map[string]any{"observedGeneration": int64(4)}
	told, err = apps.UpdateStatus(ctx, told, metav1.UpdateOptions{})
	must(t, err)
	generation, _, _ := unstructured.NestedInt64(told.Object, "status", "observedGeneration")
	same(t, "the status", generation, 4)

	foreground := metav1.DeletePropagationForeground
	must(t, apps.Delete(ctx, "made", metav1.DeleteOptions{PropagationPolicy: &foreground}))
	going, err := apps.Get(ctx, "made", metav1.GetOptions{})
	must(t, err)
	same(t, "it is going", going.GetDeletionTimestamp() != nil, true)
	tidied := []byte(`{"metadata":{"finalizers":null}}`)
	_, err = apps.Patch(ctx, "made", types.MergePatchType, tidied, metav1.PatchOptions{})
	must(t, err)
	_, err = apps.Get(ctx, "made", metav1.GetOptions{})
	refused(t, err, metav1.StatusReasonNotFound)
}

func TestApply(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	apply := func(manager, drift string, force bool) (*unstructured.Unstructured, error) {
		app := streamApp("applied", map[string]any{"drift": drift})
		return apps.Apply(ctx, "applied", app, metav1.ApplyOptions{FieldManager: manager, Force: force})
	}
	_, err := apply("first", "Warn", false)
	must(t, err)
	_, err = apply("second", "Heal", false)
	refused(t, err, metav1.StatusReasonConflict)
	forced, err := apply("second", "Heal", true)
	must(t, err)
	same(t, "forced", drift(forced), "Heal")
}

func TestScale(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	_, err := apps.Create(ctx, streamApp("scaled", nil), metav1.CreateOptions{})
	must(t, err)
	discovery := typedHere(t).Discovery()
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovery))
	scales, err := scale.NewForConfig(configHere(t), mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(discovery))
	must(t, err)
	one, err := scales.Scales("default").Get(ctx, streamApps.GroupResource(), "scaled", metav1.GetOptions{})
	must(t, err)
	one.Spec.Replicas = 3
	_, err = scales.Scales("default").Update(ctx, streamApps.GroupResource(), one, metav1.UpdateOptions{})
	must(t, err)
	app, err := apps.Get(ctx, "scaled", metav1.GetOptions{})
	must(t, err)
	least, _, _ := unstructured.NestedInt64(app.Object, "spec", "scaling", "min")
	same(t, "the fewest dynos", least, 3)
}

func TestPagesAndMetadata(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	for number := range 5 {
		app := streamApp(fmt.Sprintf("page-%d", number), nil)
		app.SetLabels(map[string]string{"of": "pages"})
		_, err := apps.Create(ctx, app, metav1.CreateOptions{})
		must(t, err)
	}
	pages := 0
	pager := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		pages++
		return apps.List(ctx, options)
	})
	pager.PageSize = 2
	names := ""
	must(t, pager.EachListItem(ctx, metav1.ListOptions{LabelSelector: "of=pages"}, func(object runtime.Object) error {
		names += object.(*unstructured.Unstructured).GetName() + " "
		return nil
	}))
	same(t, "the pages", pages, 3)
	same(t, "their items", names, "page-0 page-1 page-2 page-3 page-4 ")

	heads, err := metadata.NewForConfig(configHere(t))
	must(t, err)
	list, err := heads.Resource(streamApps).Namespace("default").List(ctx, metav1.ListOptions{LabelSelector: "of=pages"})
	must(t, err)
	same(t, "the heads", len(list.Items), 5)
	same(t, "of a kind", list.Items[0].Kind, "PartialObjectMetadata")
}
