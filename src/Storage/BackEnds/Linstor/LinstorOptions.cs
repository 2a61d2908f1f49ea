namespace Actors.Storage.BackEnds.Linstor;

/// <summary>Where LINSTOR's controller is, and how it is asked.</summary>
public sealed record LinstorOptions
{
    /// <summary>The controller: <c>http://host:3370/</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>A bearer token; null when the controller asks for none.</summary>
    public string? Token { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
