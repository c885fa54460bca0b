// Asks @transmute/cose about receipts of inclusion, given as lines of JSON on the standard input:
// {"key": JWK, "leaf": hex of the leaf's hash, "receipt": hex}. It answers each with the root that was signed, in
// hex, or with why the receipt is refused.
//
// The package verifies ES256 and knows of no Ed25519. Of a receipt that is signed so it computes the root and the
// bytes that are signed, and the signature is Node's to verify.
"use strict";

const crypto = require("node:crypto");
const readline = require("node:readline");
const cose = require("@transmute/cose");

const own = ({ key }) => ({
  verify: async ({ coseSign1, payload }) => {
    const [header, , , signature] = cose.cbor.decodeFirstSync(coseSign1).value;
    const signed = cose.cbor.encode(["Signature1", header, cose.cbor.EMPTY_BUFFER, cose.cbor.toArrayBuffer(payload)]);
    if (cose.cbor.decodeFirstSync(header).get(1) !== -8) throw new Error("not EdDSA");
    const publicKey = crypto.createPublicKey({ key, format: "jwk" });
    if (!crypto.verify(null, signed, publicKey, Buffer.from(signature))) throw new Error("Signature verification failed");
    return payload;
  },
});

const theirs = ({ key }) => cose.detached.verifier({ resolver: { resolve: async () => key } });

const bytes = (hex) => cose.cbor.toArrayBuffer(Uint8Array.from(Buffer.from(hex, "hex")));

const answer = async ({ key, leaf, receipt }) => {
  const verifier = key.kty === "OKP" ? own({ key }) : theirs({ key });
  try {
    const root = await cose.receipt.inclusion.verify({
      entry: new Uint8Array(bytes(leaf)),
      receipt: bytes(receipt),
      verifier,
    });
    return { root: Buffer.from(root).toString("hex") };
  } catch (error) {
    return { refused: String(error.message || error) };
  }
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
})();
