using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Policies;

/// <summary>Selectors choose as Kubernetes' do.</summary>
public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["tier"] = "hot", ["app"] = "db" };

    [Theory]
    [InlineData("", true)]
    [InlineData("matchLabels: { tier: hot }", true)]
    [InlineData("matchLabels: { tier: hot, zone: a }", false)]
    [InlineData("matchLabels: { tier: cold }", false)]
    [InlineData("matchExpressions: [ { key: tier, operator: In, values: [warm, hot] } ]", true)]
    [InlineData("matchExpressions: [ { key: zone, operator: In, values: [a] } ]", false)]
    [InlineData("matchExpressions: [ { key: tier, operator: NotIn, values: [hot] } ]", false)]
    [InlineData("matchExpressions: [ { key: zone, operator: NotIn, values: [a] } ]", true)]
    [InlineData("matchExpressions: [ { key: app, operator: Exists } ]", true)]
    [InlineData("matchExpressions: [ { key: zone, operator: Exists } ]", false)]
    [InlineData("matchExpressions: [ { key: zone, operator: DoesNotExist } ]", true)]
    [InlineData("matchExpressions: [ { key: app, operator: DoesNotExist } ]", false)]
    [InlineData("matchLabels: { tier: hot }, matchExpressions: [ { key: app, operator: NotIn, values: [db] } ]", false)]
    public void Defect_6_expressions_count_as_labels_do(string selector, bool expected)
    {
        var file = PolicyFile.Read($"apiVersion: storage.billyronks.io/v1\nkind: StoragePolicy\nmetadata: {{ name: a }}\nspec: {{ hotPoolSelector: {{ {selector} }} }}");

        Assert.Empty(file.Mistakes);
        Assert.Equal(expected, file.Policies[0].Spec.HotPoolSelector!.Matches(Labels));
    }
}
