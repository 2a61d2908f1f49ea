namespace Actors.Storage.Policies;

/// <summary>Which volumes or pools are meant, by their labels: all of it must hold. An empty one takes everything.</summary>
/// <param name="MatchLabels">Labels with exactly these values.</param>
/// <param name="MatchExpressions">Further requirements.</param>
public sealed record LabelSelector(IReadOnlyDictionary<string, string> MatchLabels, IReadOnlyList<SelectorRequirement> MatchExpressions)
{
    /// <summary>Whether something with these labels is meant.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        MatchLabels.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        && MatchExpressions.All(requirement => requirement.Matches(labels));
}
