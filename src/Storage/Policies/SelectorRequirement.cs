namespace Actors.Storage.Policies;

/// <summary>One of a selector's matchExpressions.</summary>
/// <param name="Key">The label's name.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Values">At least one for In and NotIn, none otherwise.</param>
public sealed record SelectorRequirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether labels meet it.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Operator switch
    {
        SelectorOperator.In => labels.TryGetValue(Key, out var value) && Values.Contains(value),
        SelectorOperator.NotIn => !labels.TryGetValue(Key, out var value) || !Values.Contains(value),
        SelectorOperator.Exists => labels.ContainsKey(Key),
        _ => !labels.ContainsKey(Key),
    };
}
