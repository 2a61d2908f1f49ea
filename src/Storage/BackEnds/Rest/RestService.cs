using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Rest;

/// <summary>A storage system's REST service: each request has a deadline and a bound of its answer, and each failure says what to do.</summary>
/// <param name="http">Makes the requests; the caller owns it.</param>
/// <param name="name">The system, for people.</param>
/// <param name="address">The service, with its base path.</param>
/// <param name="token">A bearer token; null when the service asks for none.</param>
/// <param name="timeout">How long one request may take.</param>
/// <param name="whenSilent">What to look at when it does not answer.</param>
/// <param name="time">Whose clock counts.</param>
internal sealed class RestService(HttpClient http, string name, Uri address, string? token, TimeSpan timeout, string whenSilent, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 << 20;
    private const int MaxToldChars = 200;

    /// <summary>Makes a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the address.</param>
    /// <param name="body">What is sent; null for nothing.</param>
    /// <param name="read">Makes of the answer, its status and its text, what it means, or throws a <see cref="RestRefusal"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BackEndException">It did not answer, or with something else.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, JsonObject? body, Func<int, string, T> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(address, path));
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (answer.Content.Headers.ContentLength > MaxAnswerBytes) throw new FormatException($"the answer is longer than {MaxAnswerBytes} bytes");
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, linked.Token);
            return read((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(linked.Token));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new BackEndException($"{name} at {address} does not answer ({failure.Message}): {whenSilent}", isPermanent: false, failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new BackEndException($"{name} at {address} answered {method} {path} with something else ({failure.Message}): look whether the address is right", isPermanent: false, failure);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"{name} at {address} did not answer {method} {path} in {timeout}", isPermanent: false, late);
        }
    }

    /// <summary>Makes requests for one purpose, and says with a refusal what that was.</summary>
    /// <exception cref="BackEndException">It refused, or answered with something else.</exception>
    public async Task<T> CallAsync<T>(string doing, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RestRefusal refusal)
        {
            throw new BackEndException($"{doing}: {refusal.Message}", refusal.IsPermanent, refusal);
        }
        catch (Exception mistake) when (mistake is FormatException or InvalidOperationException)
        {
            throw new BackEndException($"{doing}: {name} answered with something else ({mistake.Message}): its version may not be one that this knows", isPermanent: false, mistake);
        }
    }

    /// <summary>The entries of a list.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IEnumerable<JsonNode> List(JsonNode? answer) =>
        (answer as JsonArray ?? throw new FormatException("a list is expected")).Select(entry => entry ?? throw new FormatException("an entry is null"));

    public static bool IsSuccess(int status) => status is >= 200 and < 300;

    /// <summary>The beginning of an answer that is no error of the system's own, as of a proxy in between.</summary>
    public static string Told(string text) => text.Length > MaxToldChars ? text[..MaxToldChars] : text;
}
