using System.Runtime.InteropServices;

namespace Proxy.Tls.OpenSsl;

/// <summary>Functions of the system's libcrypto, by their own names.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "BIO_meth_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BioMethodNew(int type, string name);

    [LibraryImport(Library, EntryPoint = "BIO_get_new_index")]
    public static partial int BioNewIndex();

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_read_ex")]
    public static partial int BioMethodSetRead(nint method, delegate* unmanaged<nint, byte*, nuint, nuint*, int> read);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_write_ex")]
    public static partial int BioMethodSetWrite(nint method, delegate* unmanaged<nint, byte*, nuint, nuint*, int> write);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int BioMethodSetControl(nint method, delegate* unmanaged<nint, int, nint, void*, nint> control);

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_new_mem_buf")]
    public static partial nint BioNewMemory(byte* bytes, int length);

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_init")]
    public static partial void BioSetInit(nint bio, int init);

    [LibraryImport(Library, EntryPoint = "BIO_set_data")]
    public static partial void BioSetData(nint bio, nint data);

    [LibraryImport(Library, EntryPoint = "BIO_get_data")]
    [SuppressGCTransition]
    public static partial nint BioGetData(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    public static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    public static partial void BioClearFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509")]
    public static partial nint ReadCertificate(nint bio, nint* result, nint password, byte* argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_CRL")]
    public static partial nint ReadCrl(nint bio, nint* result, nint password, byte* argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_PrivateKey")]
    public static partial nint ReadPrivateKey(nint bio, nint* result, delegate* unmanaged<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(Library, EntryPoint = "d2i_PKCS12_bio")]
    public static partial nint ReadPkcs12(nint bio, nint result);

    [LibraryImport(Library, EntryPoint = "PKCS12_parse")]
    public static partial int ParsePkcs12(nint archive, byte* password, nint* key, nint* certificate, nint* others);

    [LibraryImport(Library, EntryPoint = "PKCS12_free")]
    public static partial void Pkcs12Free(nint archive);

    [LibraryImport(Library, EntryPoint = "X509_get_key_usage")]
    public static partial uint KeyUsage(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_get_extension_flags")]
    public static partial uint ExtensionFlags(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_CRL_free")]
    public static partial void CrlFree(nint crl);

    [LibraryImport(Library, EntryPoint = "X509_check_private_key")]
    public static partial int CheckPrivateKey(nint certificate, nint key);

    [LibraryImport(Library, EntryPoint = "X509_get_subject_name")]
    public static partial nint SubjectName(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_NAME_dup")]
    public static partial nint NameDuplicate(nint name);

    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    public static partial int EncodeCertificate(nint certificate, byte** output);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_base_id")]
    public static partial int KeyType(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_bits")]
    public static partial int KeyBits(nint key);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAddCertificate(nint store, nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_crl")]
    public static partial int StoreAddCrl(nint store, nint crl);

    [LibraryImport(Library, EntryPoint = "X509_STORE_set_flags")]
    public static partial int StoreSetFlags(nint store, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_VERIFY_PARAM_set_auth_level")]
    public static partial void SetChainLevel(nint parameters, int level);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert")]
    public static partial int VerifyCertificate(nint context);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set0_trusted_stack")]
    public static partial void StoreContextSetRoots(nint context, nint certificates);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set0_crls")]
    public static partial void StoreContextSetCrls(nint context, nint lists);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set_flags")]
    public static partial void StoreContextSetFlags(nint context, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get0_cert")]
    public static partial nint StoreContextCertificate(nint context);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_error")]
    public static partial int StoreContextError(nint context);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set_error")]
    public static partial void StoreContextSetError(nint context, int error);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_ex_data")]
    public static partial nint StoreContextData(nint context, int index);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerifyErrorText(nint error);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_new_null")]
    public static partial nint StackNew();

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_push")]
    public static partial int StackPush(nint stack, nint item);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_num")]
    public static partial int StackCount(nint stack);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_value")]
    public static partial nint StackItem(nint stack, int index);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_free")]
    public static partial void StackFree(nint stack);

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    public static partial nuint NextError();

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ErrorReason(nuint error);

    [LibraryImport(Library, EntryPoint = "CRYPTO_malloc")]
    public static partial byte* Allocate(nuint size, byte* file, int line);

    [LibraryImport(Library, EntryPoint = "OBJ_nid2sn")]
    public static partial byte* ShortName(int nid);

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_cbc")]
    public static partial nint Aes256Cbc();

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    public static partial int EncryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex")]
    public static partial int DecryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_set_params")]
    public static partial int MacSetParameters(nint context, OpenSslParameter* parameters);

    [LibraryImport(Library, EntryPoint = "RAND_bytes")]
    public static partial int Random(byte* buffer, int count);
}

/// <summary><c>OSSL_PARAM</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenSslParameter
{
    public const uint Utf8String = 4;
    public const uint OctetString = 5;

    public byte* Key;
    public uint Type;
    public void* Data;
    public nuint Size;
    public nuint ReturnedSize;
}
