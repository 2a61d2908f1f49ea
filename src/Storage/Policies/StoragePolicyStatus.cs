using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Actors.Storage.Policies;

/// <summary>What became of a policy. Each change makes a new one from the last, so counters never begin anew.</summary>
public sealed record StoragePolicyStatus
{
    /// <summary>Entries of the history at most.</summary>
    public const int MaxHistory = 50;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    /// <summary>What it does.</summary>
    public PolicyPhase Phase { get; init; }

    /// <summary>Volumes that it owns.</summary>
    public int WatchedVolumes { get; init; }

    /// <summary>Of those, how many lie in a pool of the hot tier.</summary>
    public int HotVolumes { get; init; }

    /// <summary>Of those, how many lie in a pool of the warm tier.</summary>
    public int WarmVolumes { get; init; }

    /// <summary>Of those, how many lie in a pool of the cold tier.</summary>
    public int ColdVolumes { get; init; }

    /// <summary>Of those, how many are moving.</summary>
    public int ActiveMigrations { get; init; }

    /// <summary>Migrations that ended, ever.</summary>
    public long TotalMigrations { get; init; }

    /// <summary>Of those, how many did not get where they were to go.</summary>
    public long FailedMigrations { get; init; }

    /// <summary>When it was reconciled last; null before the first time.</summary>
    public DateTimeOffset? LastReconcileTime { get; init; }

    /// <summary>Generation of the spec that this is the status of; null where objects have none.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>One of each type.</summary>
    public ImmutableArray<PolicyCondition> Conditions { get; init; } = [];

    /// <summary>Migrations that ended, the newest first.</summary>
    public ImmutableArray<MigrationRecord> MigrationHistory { get; init; } = [];

    /// <summary>The status after a migration ended.</summary>
    public StoragePolicyStatus With(MigrationRecord ended) => this with
    {
        TotalMigrations = TotalMigrations + 1,
        FailedMigrations = FailedMigrations + (ended.Success ? 0 : 1),
        MigrationHistory = [ended, .. MigrationHistory.Take(MaxHistory - 1)],
    };

    /// <summary>The status with a condition in the place of that of its type; the time of its last change is kept when its status has not changed.</summary>
    public StoragePolicyStatus With(PolicyCondition condition)
    {
        var last = Conditions.FirstOrDefault(other => other.Type == condition.Type);
        var kept = last is not null && last.Status == condition.Status ? condition with { LastTransitionTime = last.LastTransitionTime } : condition;
        return this with { Conditions = last is null ? Conditions.Add(kept) : Conditions.Replace(last, kept) };
    }

    /// <summary>The status of a policy with mistakes; what it counted stays.</summary>
    public StoragePolicyStatus With(IReadOnlyList<string> mistakes, DateTimeOffset now) => With(PolicyCondition.Invalid(mistakes, now)) with { Phase = PolicyPhase.Error };

    /// <summary>As the custom resource has it.</summary>
    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Json)!;

    /// <summary>The status of a custom resource; a new one when it has none.</summary>
    /// <exception cref="JsonException">Something in it has another type.</exception>
    public static StoragePolicyStatus FromJson(JsonNode? json) => json.Deserialize<StoragePolicyStatus>(Json) ?? new();
}
