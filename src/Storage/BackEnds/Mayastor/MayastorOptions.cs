namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>Where Mayastor's REST service is, and how it is asked.</summary>
public sealed record MayastorOptions
{
    /// <summary>The service, with its base path: <c>http://host:8081/v0/</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>A bearer token; null when the service asks for none.</summary>
    public string? Token { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Volumes a page. At least 1.</summary>
    public int PageEntries { get; init; } = 200;

    /// <summary>How the cordons begin that steer the placement of a replica for the length of a call. Each silo of a cluster has the same; no other program has it.</summary>
    public string CordonPrefix { get; init; } = "actors-tiering-";

    /// <summary>After so long a cordon of ours counts as left behind, and is taken away by whoever sees it.</summary>
    public TimeSpan CordonTimeToLive { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The storage class of volumes whose label <c>storageClass</c> names none: Mayastor knows no classes.</summary>
    public string DefaultStorageClass { get; init; } = "mayastor";
}
