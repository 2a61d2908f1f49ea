using System.Text.Json.Serialization;

namespace Actors.Storage.Policies;

/// <summary>One thing that is so, is not so, or is not known of a policy.</summary>
/// <param name="Type">What it is about, such as <c>Ready</c>, <c>MetricsAvailable</c>, <c>PoolsAvailable</c>, <c>Conflict</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="LastTransitionTime">When the status changed last.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence that says what to do.</param>
public sealed record PolicyCondition(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("lastTransitionTime")] DateTimeOffset LastTransitionTime,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("message")] string Message)
{
    /// <summary>The answer to an erasure coding policy, and to a storage policy that names one.</summary>
    public static PolicyCondition ErasureCodingNotSupported(DateTimeOffset now) => new(
        "ErasureCoding", "False", now, "NotSupported", "Erasure coding is not supported: volumes keep their replicas. Remove ecPolicyRef, or leave it: it changes nothing.");

    /// <summary>What a policy with mistakes is told: all of them at once.</summary>
    /// <param name="mistakes">Sentences that begin with the field's path.</param>
    /// <param name="now">When.</param>
    public static PolicyCondition Invalid(IReadOnlyList<string> mistakes, DateTimeOffset now) => new(
        "Ready", "False", now, "Invalid", FormattableString.Invariant($"Nothing moves by it until {(mistakes.Count == 1 ? "this is" : $"these {mistakes.Count} are")} put right: {string.Join("; ", mistakes)}."));
}
