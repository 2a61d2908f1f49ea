using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Storage.BackEnds.Mayastor;

namespace Actors.Silo.Options;

/// <summary>OpenEBS Mayastor, when <c>Storage:BackEnd</c> is "mayastor" (section <c>Mayastor</c>).</summary>
public sealed record MayastorSettings : IOptionRules
{
    private static readonly MayastorOptions Defaults = new() { Address = new Uri("http://127.0.0.1:8081/v0/") };

    /// <summary>Its REST service.</summary>
    [Description("Address of Mayastor's REST service (api-rest), with its base path: http://host:8081/v0. Without a path it is /v0.")]
    public string? Address { get; init; }

    /// <summary>File with a token.</summary>
    [Description("File with the token for it; read again for each request. Not set: none is sent.")]
    public string? TokenFile { get; init; }

    /// <summary>File with authorities.</summary>
    [Description("File with the certificates that the service's must come from (PEM). Not set: those that the system trusts.")]
    public string? AuthorityFile { get; init; }

    /// <summary>How long a request may take.</summary>
    [Description("Seconds that one request may take.")]
    [Range(1, 600)]
    public int TimeoutSeconds { get; init; } = (int)Defaults.RequestTimeout.TotalSeconds;

    /// <summary>When a cordon of ours counts as left behind.</summary>
    [Description("Seconds after which a cordon that steered the placement of a replica counts as left behind; any silo takes it away then.")]
    [Range(10, 86_400)]
    public int CordonSeconds { get; init; } = (int)Defaults.CordonTimeToLive.TotalSeconds;

    /// <summary>Storage class of volumes that name none.</summary>
    [Description("Storage class of volumes without the label storageClass; Mayastor knows no classes.")]
    public string StorageClass { get; init; } = Defaults.DefaultStorageClass;

    /// <summary>As the back end takes it; the token is added to requests by their client.</summary>
    public MayastorOptions ToOptions() => new()
    {
        Address = RestAddress.Of(Address!, "/v0/"),
        RequestTimeout = TimeSpan.FromSeconds(TimeoutSeconds),
        CordonTimeToLive = TimeSpan.FromSeconds(CordonSeconds),
        DefaultStorageClass = StorageClass,
    };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check() => RestAddress.Check(nameof(Address), Address, TokenFile is not null, "http://mayastor-api-rest:8081/v0");
}
