namespace Actors.Storage.Policies;

/// <summary>Which volumes or pools are meant, by their labels: all of it must hold. An empty one takes everything.</summary>
/// <param name="MatchLabels">Labels with exactly these values.</param>
/// <param name="MatchExpressions">Further requirements.</param>
public sealed record LabelSelector(IReadOnlyDictionary<string, string> MatchLabels, IReadOnlyList<SelectorRequirement> MatchExpressions)
{
    /// <summary>Whether something with these labels is meant.</summary>
    /// <remarks>Every policy asks it of every volume in each round, so it allocates nothing for labels in a plain dictionary.</remarks>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        for (var index = 0; index < MatchExpressions.Count; index++)
        {
            if (!MatchExpressions[index].Matches(labels)) return false;
        }

        if (MatchLabels is not Dictionary<string, string> plain) return MatchLabels.All(wanted => Has(labels, wanted));
        foreach (var wanted in plain)
        {
            if (!Has(labels, wanted)) return false;
        }

        return true;
    }

    private static bool Has(IReadOnlyDictionary<string, string> labels, KeyValuePair<string, string> wanted) => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value;
}
