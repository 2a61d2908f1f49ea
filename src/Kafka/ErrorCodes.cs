using System.Globalization;

namespace Actors.Kafka;

/// <summary>Facts about error codes.</summary>
public static partial class ErrorCodes
{
    /// <summary>The name that Kafka's documentation uses: <c>NOT_LEADER_OR_FOLLOWER</c>; for an unknown code its number.</summary>
    public static string ToKafkaName(this ErrorCode error) =>
        NameOf(error) ?? ((short)error).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a client may try the same request again and hope for a better answer.</summary>
    public static bool IsRetriable(this ErrorCode error) => MayBeRetried(error);
}
