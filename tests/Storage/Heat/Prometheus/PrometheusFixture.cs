using System.Globalization;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>One Prometheus for the tests of the real one, and what it scrapes.</summary>
public sealed class PrometheusFixture : IAsyncLifetime
{
    private readonly long _since = TimeProvider.System.GetTimestamp();
    private volatile bool _hasLate;
    private volatile bool _isVanished;

    /// <summary>Volumes that are there the whole time.</summary>
    internal TestExporter Steady { get; private set; } = null!;

    /// <summary>An exporter that a test ends.</summary>
    internal TestExporter Dying { get; private set; } = null!;

    internal PrometheusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Steady = new TestExporter("steady", Lines);
        Dying = new TestExporter("dying", static () => "openebs_volume_iops{volume_id=\"orphan\"} 5500\n");
        Server = await PrometheusServer.StartAsync(Steady, Dying);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Steady.DisposeAsync();
        await Dying.DisposeAsync();
    }

    /// <summary>From now on there is the volume <c>late</c>.</summary>
    internal void Appear() => _hasLate = true;

    /// <summary>From now on there is no volume <c>vanishing</c>.</summary>
    internal void Vanish() => _isVanished = true;

    private string Lines()
    {
        var seconds = TimeProvider.System.GetElapsedTime(_since).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            # TYPE openebs_volume_iops gauge
            openebs_volume_iops{volume_id="hot-1"} 5500
            openebs_volume_iops{volume_id="idle-1"} 0
            openebs_volume_iops{volume_id="odd"} NaN
            {{(_isVanished ? "" : "openebs_volume_iops{volume_id=\"vanishing\"} 9000")}}
            {{(_hasLate ? "openebs_volume_iops{volume_id=\"late\"} 700" : "")}}
            # TYPE volume_num_read_ops gauge
            volume_num_read_ops{pv_name="busy"} {{1_000_000 + seconds * 2_000:0}}
            volume_num_read_ops{pv_name="half"} {{1_000_000 + seconds * 2_000:0}}
            # TYPE volume_num_write_ops gauge
            volume_num_write_ops{pv_name="busy"} {{2_000_000 + seconds * 1_000:0}}

            """).ReplaceLineEndings("\n");
    }
}
