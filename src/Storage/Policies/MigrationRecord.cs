using System.Text.Json.Serialization;

namespace Actors.Storage.Policies;

/// <summary>A migration that ended, as a policy's history shows it.</summary>
/// <param name="VolumeName">The volume.</param>
/// <param name="Timestamp">When it ended.</param>
/// <param name="FromTier">The tier of the pool it came from: hot, warm, cold, or none when its pool was of no tier.</param>
/// <param name="ToTier">The tier it was to go to.</param>
/// <param name="TriggerIops">Operations per second that brought the decision.</param>
/// <param name="Duration">How long it took (<see cref="PolicyDuration.Describe"/>).</param>
/// <param name="Success">Whether the volume is where it was to go.</param>
/// <param name="Error">Why it is not.</param>
public sealed record MigrationRecord(
    [property: JsonPropertyName("volumeName")] string VolumeName,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("fromTier")] string FromTier,
    [property: JsonPropertyName("toTier")] string ToTier,
    [property: JsonPropertyName("triggerIOPS")] double TriggerIops,
    [property: JsonPropertyName("duration")] string Duration,
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
