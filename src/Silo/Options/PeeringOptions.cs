using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Actors.Silo.Options;

/// <summary>The listener for other silos (section <c>Peering</c>); a silo with the embedded store opens none.</summary>
public sealed record PeeringOptions : IOptionRules
{
    /// <summary>Address to listen on.</summary>
    [Description("Address to listen on for other silos. This version runs one silo, which does not listen.")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0: any free one.</summary>
    [Description("Port to listen on for other silos; not used by this version. 0: any free port.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 11_111;

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (!ListenAddress.TryParse(Host, out _)) yield return new(nameof(Host), ListenAddress.Allowed);
    }
}
