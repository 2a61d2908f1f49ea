using System.CommandLine;
using Actors.Cli.Agents;

namespace Actors.Cli.Storage;

/// <summary>How commands about storage reach a silo: whoever looks asks any silo; whoever changes something knows the secret of the one on this machine.</summary>
internal sealed class StorageSilo(GlobalOptions global, TimeProvider time)
{
    /// <summary>Names the folder with the secret.</summary>
    public SecretOption Secret { get; } = new();

    /// <summary>To look.</summary>
    public SiloClient ToLook(ParseResult arguments) => new(global.ReadHttp(arguments), null, time);

    /// <summary>To change something.</summary>
    /// <exception cref="CliException">There is no secret to read.</exception>
    public SiloClient ToChange(ParseResult arguments) => new(global.ReadHttp(arguments), Secret.Read(arguments), time);

    /// <summary>The address of something with a name.</summary>
    public static string Address(string kind, string name, string rest = "") => $"/api/v1/storage/{kind}/{Uri.EscapeDataString(name)}{rest}";
}
