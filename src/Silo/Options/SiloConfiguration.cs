using System.Collections;
using System.Net;

namespace Actors.Silo.Options;

/// <summary>All options of the process: read once, checked whole, then handed to the components as records.</summary>
public sealed class SiloConfiguration
{
    /// <summary>The file that is read from the working directory.</summary>
    public const string FileName = "appsettings.json";

    private SiloConfiguration(BoundOptions bound, IReadOnlyList<OptionMistake> mistakes, IReadOnlyList<OptionValue> given)
    {
        Bound = bound;
        Mistakes = mistakes;
        Given = given;
    }

    /// <summary>Every option that exists.</summary>
    public static OptionSchema Schema { get; } = OptionSchema.Of(
        [LoggingRules.Section],
        ("Silo", typeof(SiloOptions)),
        ("Kafka", typeof(KafkaOptions)),
        ("Http", typeof(HttpOptions)),
        ("Log", typeof(LogSettings)),
        ("Groups", typeof(GroupSettings)),
        ("Agents", typeof(AgentsOptions)),
        ("Storage", typeof(StorageOptions)),
        ("Qemu", typeof(QemuSettings)),
        ("Mayastor", typeof(MayastorSettings)),
        ("Linstor", typeof(LinstorSettings)),
        ("Peering", typeof(PeeringOptions)),
        ("Kubernetes", typeof(KubernetesSettings)));

    /// <summary>The options as records.</summary>
    public BoundOptions Bound { get; }

    /// <summary>Everything that is wrong; nothing may start while there is something.</summary>
    public IReadOnlyList<OptionMistake> Mistakes { get; }

    /// <summary>All values as the sources gave them, weakest source first.</summary>
    public IReadOnlyList<OptionValue> Given { get; }

    /// <summary>The section <c>Silo</c>.</summary>
    public SiloOptions Silo => Bound.Get<SiloOptions>();

    /// <summary>The section <c>Kafka</c>.</summary>
    public KafkaOptions Kafka => Bound.Get<KafkaOptions>();

    /// <summary>The section <c>Http</c>.</summary>
    public HttpOptions Http => Bound.Get<HttpOptions>();

    /// <summary>The section <c>Peering</c>.</summary>
    public PeeringOptions Peering => Bound.Get<PeeringOptions>();

    /// <summary>The section <c>Kubernetes</c>.</summary>
    public KubernetesSettings Kubernetes => Bound.Get<KubernetesSettings>();

    /// <summary>Reads the file, the environment and the arguments; the later ones override the earlier ones.</summary>
    /// <param name="arguments">The arguments of the process, without its own name.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="directory">Where <see cref="FileName"/> is looked for.</param>
    public static SiloConfiguration Read(IReadOnlyList<string> arguments, IDictionary environment, string directory)
    {
        OptionLayer[] layers =
        [
            JsonFileLayer.Read(Path.Combine(directory, FileName)),
            PredecessorVariables.Read(environment),
            EnvironmentLayer.Read(environment, Schema.SectionNames),
            CommandLineLayer.Read(arguments),
        ];
        var bound = OptionBinder.Bind(Schema, layers);
        OptionValue[] given = [.. layers.SelectMany(layer => layer.Values)];
        return new(bound, [.. bound.Mistakes, .. Clashes(bound), .. BackEndRules.Check(bound), .. LoggingRules.Check(given), .. ExportVariables.Check(environment)], given);
    }

    /// <summary>Mistakes that only two sections together show.</summary>
    private static IEnumerable<OptionMistake> Clashes(BoundOptions bound)
    {
        var (silo, kafka, http, peering) = (bound.Get<SiloOptions>(), bound.Get<KafkaOptions>(), bound.Get<HttpOptions>(), bound.Get<PeeringOptions>());
        if (kafka.Port != 0 && kafka.Port == http.Port)
            yield return Mistake<HttpOptions>(bound, nameof(HttpOptions.Port), $"{http.Port}", "must differ from Kafka:Port");
        if (!silo.IsClustered) yield break;
        if (peering.Port != 0 && (peering.Port == kafka.Port || peering.Port == http.Port))
            yield return Mistake<PeeringOptions>(bound, nameof(PeeringOptions.Port), $"{peering.Port}", "must differ from Kafka:Port and Http:Port");
        if (peering.AdvertisedHost is null && ListenAddress.TryParse(peering.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            yield return Mistake<PeeringOptions>(bound, nameof(PeeringOptions.AdvertisedHost), null, "a silo that listens on all addresses must say which one the other silos connect to");
        if (peering.Secret is null && peering.SecretFile is null)
            yield return Mistake<PeeringOptions>(bound, nameof(PeeringOptions.Secret), null, "the silos of a cluster need a secret that they share: give all of them the same one here or in Peering:SecretFile");
    }

    private static OptionMistake Mistake<T>(BoundOptions bound, string property, string? text, string sentence)
    {
        var option = bound.Find<T>(property);
        return new(option.Option.Key, text, option.Source, sentence);
    }
}
