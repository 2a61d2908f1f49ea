using System.Globalization;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>Times as Kubernetes' MicroTime writes them: UTC, six digits of a second.</summary>
internal static class KubernetesTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Text(DateTime time) =>
        (time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime()).ToString(Format, CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out DateTime time) => DateTime.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time);
}
