using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Actors.Silo.Options;

/// <summary>The listener for the web page, health, metrics and the JSON interface (section <c>Http</c>).</summary>
public sealed record HttpOptions : IOptionRules
{
    /// <summary>Address to listen on.</summary>
    [Description("Address to listen on: an IP address, \"localhost\", or \"*\" for all addresses of the machine.")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0: any free one.</summary>
    [Description("Port to listen on. 0: any free port, shown in the log.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 8080;

    /// <summary>Connections at the same time; further ones are closed at once.</summary>
    [Description("Connections at the same time; further ones are closed at once.")]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 65_536;

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (!ListenAddress.TryParse(Host, out _)) yield return new(nameof(Host), ListenAddress.Allowed);
    }
}
