using System.Net.Http.Json;
using System.Text.Json;
using Actors.Cli.Output;

namespace Actors.Cli.Status;

/// <summary>Asks silos by HTTP what they say of themselves. Any broker speaks Kafka; only a silo answers here.</summary>
internal static class SiloDirectory
{
    private const string Advice = "Name a silo's HTTP address with --http host:port.";

    /// <summary>How long an answer may take.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The silos of the cluster that the first answering address belongs to.</summary>
    /// <param name="addresses">HTTP addresses.</param>
    /// <param name="brokers">The Kafka addresses of the cluster that is asked about; null when they are not known.</param>
    /// <param name="time">For the deadline.</param>
    /// <param name="token">Ends the asking.</param>
    /// <returns>The silos, or null with sentences that say why there are none.</returns>
    public static async Task<(IReadOnlyList<HttpSilo>? Silos, IReadOnlyList<string> Reasons)> AskAsync(
        IReadOnlyList<HostPort> addresses, IReadOnlyCollection<string>? brokers, TimeProvider time, CancellationToken token)
    {
        var reasons = new List<string>();
        using var client = new HttpClient { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        foreach (var address in addresses)
        {
            using var deadline = new CancellationTokenSource(Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
            try
            {
                var answer = await client.GetFromJsonAsync(new Uri($"http://{address}/api/v1/status"), CliJson.Default.HttpStatus, linked.Token);
                if (answer?.Silos is not { } silos)
                {
                    reasons.Add($"http://{address} is no silo. {Advice}");
                }
                else if (brokers is null || silos.Any(silo => silo.Kafka is { } kafka && brokers.Contains(kafka)))
                {
                    return (silos, []);
                }
                else
                {
                    var theirs = string.Join(", ", silos.Select(silo => silo.Kafka));
                    reasons.Add($"http://{address} belongs to another cluster, whose Kafka address is {theirs}. {Advice}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !token.IsCancellationRequested))
            {
                reasons.Add($"http://{address} {Describe(e)}. {Advice}");
            }
        }

        return (null, reasons);
    }

    private static string Describe(Exception failure) => failure switch
    {
        OperationCanceledException => $"did not answer within {Timeout.TotalSeconds} s",
        JsonException or HttpRequestException { StatusCode: not null } => "is no silo",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } =>
            $"could not be asked ({failure.Message.TrimEnd('.')})",
        _ => "does not speak HTTP",
    };
}
